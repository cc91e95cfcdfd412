"""Whether new work begins at present: whoever runs the installation may have it wait while that is worked on."""
