"""Artefacts that are not the generator's own: templates of the project and of installed packages."""
