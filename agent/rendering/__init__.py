"""A trace made visible: as text in a terminal, as one self-contained HTML page, as drawings on its pictures."""
