"""Hiding patches of pictures and guessing them: masks, measures, classifiers on the encoder, and what was measured."""
