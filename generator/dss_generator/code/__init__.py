"""Python source text: the fragments it is made of, how they are printed, and how the print is checked."""
