"""What is wrong with data or a run, by what evidence, why it matters and what to do next: one check a file."""
