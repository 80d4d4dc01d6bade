"""The small encoder: pretrained weights read and pruned, fine-tuned on the corpus, exported for serving."""
