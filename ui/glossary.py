"""Every term of the lab in one line, for help texts: one place to write them, one place to correct them."""

TERMS = {
    "code": "The few numbers that the encoder makes of a picture, and from which alone the decoder rebuilds it.",
    "binary code": "A code of bits alone: each says on which side of 0 a number of the network lies.",
    "SNR": "Signal-to-noise ratio: here the pulse's largest value over the noise's standard deviation.",
    "output SNR": "Output SNR: the true pulse's energy over the error's, in decibels. Silence "
    "scores 0 dB; 10 dB leaves a tenth of the energy wrong.",
    "matched filter": "Slide the pulse's known shape along the trace and note where it fits best: the best linear way "
    "to find it.",
    "Wiener filter": "Weighs each frequency by how much of its power is pulse and not noise: the best linear way to "
    "draw it.",
    "band-pass": "Keeps the frequencies of a band, here 30 to 80 MHz, and drops all others.",
    "false alarm": "A pulse is named where there is none.",
    "Hamming distance": "In how many bits two codes differ: exclusive or, then count the ones.",
    "token": "A list of numbers that stands for a part of the input, here for one patch. A transformer works on a set "
    "of tokens, however many there are.",
    "mask token": "One learnt list of numbers that stands in the decoder for all hidden patches; their places differ.",
    "attention": "Each token averages what all tokens say, weighted by how well its query fits their keys.",
    "biharmonic": "Biharmonic filling: a very smooth surface through the visible pixels. It has learnt nothing.",
    "entropy coding": "Frequent symbols get few bits, rare ones many: -log2 of the probability each, and no code needs "
    "less.",
    "precision at 10": "Precision at 10: how many of the first ten hits are of the right class.",
    "average precision": "Average precision: the precision down to each right hit among the first 1,000, averaged.",
    "anomaly score": "How odd something is: high for what differs from all that was called normal.",
    "nearest neighbours": "The most similar pictures of the training set, compared pixel by pixel; no network needed.",
    "AUROC": "AUROC: how often something odd scores higher than something normal. 100% finds all, 50% guesses, 0% is "
    "the wrong way round.",
    "PCA": "Principal component analysis: the straight directions in which the data vary most. No linear code of the "
    "same size does better.",
    "score": "The gradient of the log density: the way in which data become more likely fastest, and how fast.",
    "active unit": "A unit of the code whose answer is above a tenth of the strongest one's.",
    "period 2": "Energy at period 2: the share of a picture, its mean aside, that changes sign with every row or "
    "column. A fine checkerboard has all of its energy there.",
    "convolution": "Each output is a weighted sum of its neighbourhood, with the same few weights everywhere.",
    "transposed convolution": "Each input paints a kernel of weights, a stride apart from the next one's. Where they "
    "overlap, they add up.",
    "manifold": "The thin, curved sheet on which the digits lie among all the pictures that 784 pixels can show.",
    "PSNR": "Peak signal-to-noise ratio: 10 log10(1 / mean squared error), in decibels. Higher is better; "
    "3 dB more means half the squared error.",
    "SSIM": "Structural similarity: compares brightness, contrast and structure in small windows. 1 is a perfect copy.",
    "judge": "A separate classifier, trained on clean and damaged digits, that says what it reads and how surely.",
    "VAE": "A variational autoencoder: its code is a probability distribution, so one can also sample from it.",
    "mask": "Which pixels were removed. Known for dropout, patch and stripes; unknown for noise.",
    "paste": "Keep every pixel that survived and take only the missing ones from the reconstruction.",
    "sigma": "Standard deviation of Gaussian noise, in grey levels of 255: at 25 a third of all pixels is off by more "
    "than 25.",
    "detail kept": "Detail is a picture minus its blur. How much of the clean picture's is left in the restored one; "
    "noise that was left does not count. 100% keeps all of it.",
    "method noise": "Noisy picture minus restored one (Buades et al. 2005), made stronger: at its best it looks like "
    "pure noise. Edges in it are detail that the method lost.",
    "seed": "Fixes the random noise: the same number gives the same noise to everybody who opens this link.",
    "strength": "How much damage: what it means physically stands beside the name (sd: standard deviation).",
    "error map": "Reconstruction minus clean digit, pixel by pixel: blue is too dark, orange too bright, black exact.",
    "pixels left": "How many pixels a side are left of 28: each is the mean of a square of the digit's pixels.",
    "sweep": "The same digit and noise at every strength: where the lines cross, another method takes the lead.",
    "nats": "Units of information with the natural logarithm; 1 nat is 1.44 bits.",
    "grid": "What the network decodes from every place in sight, behind the points, also where no digit lies.",
    "k-NN accuracy": "How many digits have the class of most of their ten neighbours on the map.",
    "trustworthiness": "Are neighbours on the map truly alike as pictures? 100% means yes, all.",
    "continuity": "Do alike pictures stay neighbours on the map? 100% means that none were torn apart.",
    "silhouette": "How much closer a digit lies to its own class than to the next: 1 apart, 0 mixed, below 0 astray.",
    "samples decode": "How much of what sampling would give decodes to a digit that the judge accepts.",
    "box decodes": "How much of the box around the codes decodes to a digit that the judge accepts; the rest is holes.",
    "KL to N(0, I), at least": "How far all codes together are from N(0, I): a lower bound, from mean and covariance.",
    "KL to N(0, I)": "How far all codes together are from the prior that one samples from; 0 means they match.",
    "slerp": "Linear goes straight. Spherical turns from A to B and keeps the code's length: in many dimensions a "
    "straight line passes nearer to the origin than any digit does.",
    "nearest digit": "Distance to the nearest of 10,000 training digits, by the direction of the judge's 128 features; "
    "1 is as far as an unseen real digit usually lies.",
    "negative ELBO": "How surprising the VAE finds a picture, in nats: reconstruction error plus the code's KL. "
    "Lower is likelier.",
    "step of the code": "Transform a few hundred digits and encode them before and after. The average step is the mean "
    "of the differences; the learned one is a linear map from the code to its own difference.",
    "traversal": "Change one number of the code and leave the others: what changes in the picture is what it "
    "stands for.",
    "temperature": "How far from the prior's middle styles are drawn: z = temperature x epsilon. 0 gives the average "
    "style, 1 the prior itself, above 1 rarer styles and more mistakes.",
    "hole": "Which pixels are missing. The filling methods are told where, and never see what was there.",
    "PSNR missing": "PSNR on the missing pixels alone: the known ones are easy and would raise every score. "
    "Higher is better.",
    "energy": "How badly a code's decoding matches the known pixels, plus how far the code lies from the prior: the "
    "negative log-likelihood of both together, in nats. Lower is better.",
    "agreement": "Share of samples in which the judge reads the class that was asked for. Higher is better.",
    "prior": "The distribution that the codes are trained to fill, N(0, I): one samples from it, and decodes.",
    "style directions": "The average difference between the codes of digits of one class that differ in this style "
    "alone. R²: the share of the style's variance that the code tells, on digits that were not used to find it.",
    "loss": "What the training makes small: the error between digit and picture, and for a VAE also the price of the "
    "code (KL).",
    "field training": "Plain: reproduce the points. Denoising: reproduce them from noisy ones. Contractive: reproduce "
    "them, and let r(x) hardly change where x does: sigma^2 times the squared Jacobian dr/dx is added.",
    "field noise": "Standard deviation of the noise, in units of the plane; for contractive training its square is the "
    "weight of the penalty.",
    "wide code": "Active: units above a tenth of the code's largest. Slope: mean of ‖dh/dx‖, lower is "
    "calmer. Directions: how many of the picture's it feels, by its singular values.",
    "GAN games": "Minimax: one lowers what the other raises. Non-saturating: the generator raises the log of the "
    "critic's verdict. WGAN-GP, WGAN-div: the critic's scores measure how far apart the clouds are.",
    "critic": "The network that scores each place or picture: high for data, low for what a generator made. The first "
    "GANs called it the discriminator.",
    "mode collapse": "All samples are alike, or of a few kinds: the generator has found something that passes, and "
    "draws nothing else.",
    "gradient penalty": "The price of the critic's slope between data and samples. WGAN-GP: λ times its squared "
    "distance from 1; λ is 10 in the paper, 0.1 in its authors' toy. WGAN-div: k times its sixth power.",
    "Fréchet distance": "Fréchet distance: how far apart two clouds lie in the judge's 128 features, "
    "each taken for a Gaussian. Lower is better, 0 is alike. Not comparable with other networks' features.",
    "GAN recall": "Recall: the share of test digits with a sample nearby, as near as the third nearest test digit. "
    "Higher is more varied.",
    "pretraining": "Training without labels that comes first; its weights are where training with labels begins.",
    "greedy": "Layer by layer: each learns to rebuild the code of the one below before the next begins.",
    "fine-tuning": "Training all pretrained weights further, with labels, together with a new last layer.",
    "frozen": "A frozen code: the network's weights stay as they are, and only a linear classifier on its code learns.",
    "linear probe": "A linear classifier on the frozen codes: accuracy in percent, with 95% intervals over five draws "
    "of labels; for 60,000 over the test digits. Higher is better.",
    "intrinsic dimension": "In how many directions the data go on around a point, from how the distances to its "
    "nearest neighbours grow (TwoNN, maximum likelihood).",
    "kernel sd": "Standard deviation of the weights where digits have ink, and at the 67 pixels where none has. Never "
    "learned: still correlates above 0.9 with its first picture.",
    "pruning": "Setting a network's least important weights to 0, and training the others on without them.",
    "PRD": "PRD: percent root-mean-square difference, 100 times the error's length by the strip's, its mean removed. "
    "Lower is better.",
}


def explain(term: str) -> str:
    """One line about a term; a KeyError for one that has no entry, so that a typo shows in the tests."""
    return TERMS[term]
