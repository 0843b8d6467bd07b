"""What was lost comes back: classical methods, holes, search on the manifold, few pixels, and fair comparisons."""
