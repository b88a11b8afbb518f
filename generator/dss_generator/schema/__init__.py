"""The schema language: from YAML files (`load`) to the frozen values of `resolved`."""
