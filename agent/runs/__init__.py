"""Many questions, kept safe: what is read, where it is kept, how it is run, scored, shown and replayed."""
