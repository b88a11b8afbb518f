"""Handler stubs: the user's files, written once, later only added to."""
