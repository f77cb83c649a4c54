"""Text in any language: sentences, words, folding, stemming, dates."""
