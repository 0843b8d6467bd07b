"""What training without labels is worth to a classifier: label subsets, classifiers, and what was measured."""
