"""`python -m sight`."""

from sight.cli import main

if __name__ == "__main__":
    main()
