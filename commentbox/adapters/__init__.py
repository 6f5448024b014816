"""The outside world: mail servers, files, formats. Knows the core and nothing else of ours."""
