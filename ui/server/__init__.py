"""What the server does beside the runs of the pages: answers by address, files, slow work, limits and probes."""
