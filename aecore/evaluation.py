"""What is measured on the test digits for a model's card: one function a measure, chosen by its recipe."""

from collections.abc import Callable
from functools import partial

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from aecore import checkpoints, corruptions, losses, metrics
from aecore.checkpoints import Metric
from aecore.data import TEXTURES, load, load_photos, signals
from aecore.masking import patches
from aecore.recipes import MEMORISED, Recipe
from aecore.signals import scores
from aecore.training import has_fast_bfloat16
from aecore.upsampling import checkerboard

CHUNK = 500
RATED, RATES = 1000, (150, 400)  # test digits whose bytes are counted; bits of a digit
HEARD = 5000  # test pulses that are buried in noise
Progress = Callable[[float], None]


def evaluate(model: nn.Module, recipe: Recipe, progress: Progress = lambda share: None) -> dict[str, Metric]:
    """All numbers of a model's card, from the test digits alone.

    Args:    model: in eval mode; recipe: names the measures and the data set; progress: called with a share done.
    Returns: name -> Metric, in the order of the recipe's measures.
    """
    images, y = load("test", recipe.dataset)
    device = next(model.parameters()).device
    x, y = images.to(device).float().div_(255), y.to(device)
    measured: dict[str, Metric] = {}
    with torch.inference_mode():
        for name in recipe.measures:
            measured |= MEASURES[name](model, x, y, progress)
    return measured


def _over(x: Tensor, function: Callable[[Tensor, slice], Tensor]) -> Tensor:
    """Apply a function to slices of a big batch and join the results."""
    parts = [slice(begin, begin + CHUNK) for begin in range(0, len(x), CHUNK)]
    return torch.cat([function(x[part], part) for part in parts])


def reconstruction(model: nn.Module, x: Tensor, y: Tensor, progress: Progress) -> dict[str, Metric]:
    """Mean squared error a pixel, and PSNR, of clean digits through the model."""
    recon = _over(x, lambda part, _: model(part))
    return {
        "mse": Metric(float(metrics.mse(x, recon).mean()), "", "lower", "squared error a pixel, clean test digits"),
        "psnr": Metric(_psnr(x, recon), "dB", "higher", "mean over clean test digits of each one's PSNR"),
    }


def static(model: nn.Module, x: Tensor, y: Tensor, progress: Progress) -> dict[str, Metric]:
    """PSNR of what is no digit at all through the model: can it copy?"""
    noise = torch.rand(1000, *x.shape[1:], generator=_rng(x)).to(x.device)
    psnr = _psnr(noise, _over(noise, lambda part, _: model(part)))
    return {"psnr_static": Metric(psnr, "dB", "higher", "mean PSNR of 1,000 pictures of random grey pixels")}


def period_two(model: nn.Module, x: Tensor, y: Tensor, progress: Progress) -> dict[str, Metric]:
    """Share of the energy of reconstructions at period 2, where a checkerboard is; digits have some, too."""
    share = checkerboard.period_two(_over(x, lambda part, _: model.through(part)))
    text = f"energy at period 2, before clipping, clean test digits ({float(checkerboard.period_two(x).mean()):.2%} of "
    return {"period_two": Metric(100 * float(share.mean()), "%", "lower", f"{text}their own)")}


def layers(model: nn.Module, x: Tensor, y: Tensor, progress: Progress) -> dict[str, Metric]:
    """Mean squared error a pixel of clean digits through a stack's first layers alone."""
    errors = {}
    for depth in range(1, model.depth):
        recon = _over(x, lambda part, _, depth=depth: model.through(part, depth))
        text = f"squared error a pixel through the first {depth} of {model.depth} layers, clean test digits"
        errors[f"mse_{depth}"] = Metric(float(metrics.mse(x, recon).mean()), "", "lower", text)
    return errors


def retrieval(model: nn.Module, x: Tensor, y: Tensor, progress: Progress) -> dict[str, Metric]:
    """Precision and average precision of the training digits that the bits of each test digit find."""
    from aecore.retrieval import scores  # late: only this measure wants it

    images, y_base = load("train", "mnist")
    base = torch.cat([model.encode(part.to(x.device).float() / 255).cpu() > 0 for part in images.split(CHUNK)])
    query, y = _over(x, lambda part, _: model.encode(part)).cpu() > 0, y.cpu()
    measured = {}
    lengths = (*model.config.lengths, model.config.latent_dim)
    for length in lengths:
        score = scores.by_bits(base[:, :length], query[:, :length], y_base, y)
        among = f"of the first {scores.HITS} of 60,000 training digits by {length} bits, share of the same class"
        measured[f"precision_{length}"] = Metric(score.precision, "%", "higher", among)
        text = f"average precision at {scores.DEPTH:,} by {length} bits"
        measured[f"average_precision_{length}"] = Metric(score.average, "%", "higher", text)
        progress(len(measured) / (2 * len(lengths)))
    return measured


def one_class(digit: int, model: nn.Module, x: Tensor, y: Tensor, progress: Progress) -> dict[str, Metric]:
    """How well a model that saw one class alone redraws it, and how well it tells the others."""
    from aecore.anomaly import roc  # late: only these models want it

    own = (y == digit).cpu().numpy()
    oddness = _over(x, lambda part, _: model.oddness(part)).cpu().numpy()
    error = _over(x, lambda part, _: losses.squared_error(model(part), part)).cpu().numpy()
    text = f"test {digit}s against the other test digits, by"
    return {
        "auroc": Metric(roc.auroc(oddness[own], oddness[~own]), "%", "higher", f"{text} error and code"),
        "auroc_error": Metric(roc.auroc(error[own], error[~own]), "%", "higher", f"{text} error alone"),
        "mse": Metric(float(error[own].mean()) / x[0].numel(), "", "lower", f"squared error a pixel, test {digit}s"),
    }


def texture(name: str, model: nn.Module, x: Tensor, y: Tensor, progress: Progress) -> dict[str, Metric]:
    """How well a patchwise model marks scratches and stains on a texture, and redraws its patches."""
    from aecore.anomaly import texture as textures  # late: only these models want it
    from aecore.data.textures import texture as picture

    score = textures.by_network(model)
    trials = textures.trials(name, score)
    progress(0.3)
    finds = textures.finds(picture(name, "test").float() / 255, score)
    text = f"{textures.FAULTS} scratches and stains on unseen {name}, mean pixelwise AUROC by"
    auroc = {key: sum(one.auroc) / len(one.auroc) for key, one in finds.items()}
    error, distance = (auroc[key] for key in textures.SCORES)
    mse = float(metrics.mse(x, _over(x, lambda part, _: model(part))).mean())
    return {
        "auroc": Metric(
            auroc[max(trials, key=trials.get)], "%", "higher", f"{text} the score chosen on a held-out part"
        ),
        "auroc_error": Metric(error, "%", "higher", f"{text} the error"),
        "auroc_distance": Metric(distance, "%", "higher", f"{text} the distance of the code"),
        "mse": Metric(mse, "", "lower", f"squared error a pixel, patches of unseen {name}"),
    }


def rate(model: nn.Module, x: Tensor, y: Tensor, progress: Progress) -> dict[str, Metric]:
    """PSNR of the code rounded and stored, at a few sizes of the file."""
    from aecore.compression import codes, rates  # late: only this measure wants it

    images, _ = load("train", "mnist")
    numbers = torch.cat([model.encode(part.to(x.device).float() / 255).cpu() for part in images.split(CHUNK)])
    code = codes.of(
        "", lambda x_: model.encode(x_.to(x.device)).cpu(), lambda z: model.decode(z.to(x.device)).cpu(), numbers
    )
    points = rates.of_code(code, x[:RATED].cpu())
    measured = {}
    for bits in RATES:
        text = f"mean PSNR of {RATED:,} test digits at {bits} bits each or fewer, as a range coder writes them"
        measured[f"psnr_{bits}_bits"] = Metric(rates.best_within(points, bits), "dB", "higher", text)
    return measured


def memorised(model: nn.Module, x: Tensor, y: Tensor, progress: Progress) -> dict[str, Metric]:
    """Mean squared error a pixel of the few training digits that the model has learnt by heart."""
    images, _ = load("train", "mnist")
    x = images[:MEMORISED].to(x.device).float().div_(255)
    mse = float(metrics.mse(x, model(x)).mean())
    text = f"squared error a pixel, the {MEMORISED} training digits"
    return {"mse_train": Metric(mse, "", "lower", text)}


def galaxies(model: nn.Module, x: Tensor, y: Tensor, progress: Progress) -> dict[str, Metric]:
    """Squared error of test galaxies through the code's mean, and the code's KL."""
    recon = _over(x, lambda part, _: model(part))
    kl = torch.cat([losses.kl_standard_normal(*model.posterior(part)) for part in x.split(CHUNK)])
    text = f"{len(x)} test galaxies"
    return {
        "mse": Metric(float(metrics.mse(x, recon).mean()), "", "lower", f"squared error a pixel and colour, {text}"),
        "psnr": Metric(_psnr(x, recon), "dB", "higher", f"mean over {text} of each one's PSNR"),
        "kl": Metric(float(kl.mean()), "nats", "lower", f"KL of the code from N(0, I), {text}"),
    }


def galaxy_kinds(model: nn.Module, x: Tensor, y: Tensor, progress: Progress) -> dict[str, Metric]:
    """Share of the test galaxies that a classifier puts where their label says, and how well it knows."""
    p = _over(x, lambda part, _: model.classify(part))
    right = 100 * float((p.argmax(1) == y).float().mean())
    text = f"{len(x)} test galaxies"
    return {
        "accuracy": Metric(right, "%", "higher", f"{text} named as their label says"),
        "calibration_error": Metric(
            calibration_error(p, y, 5), "%", "lower", f"mean gap between how sure it is and how often right, {text}"
        ),
    }


def dropout(model: nn.Module, x: Tensor, y: Tensor, progress: Progress) -> dict[str, Metric]:
    """The lecture's experiment: half of the pixels dropped, the model told which."""
    x_noisy, mask = corruptions.corrupt("dropout", x, 0.5, _rng(x))
    recon = _over(x_noisy, lambda part, where: model(part, mask[where]))
    pasted = torch.where(mask > 0, recon, x_noisy)
    text = "mean PSNR, half of the pixels dropped"
    return {
        "psnr_dropout": Metric(_psnr(x, recon), "dB", "higher", text),
        "psnr_dropout_pasted": Metric(_psnr(x, pasted), "dB", "higher", f"{text}, known pixels pasted back"),
    }


# name of the number -> corruption, strength; the first four are the lab's bars
DENOISING = {
    "gaussian": ("gaussian", 0.5),
    "salt_pepper": ("salt_pepper", 0.4),
    "dropout": ("dropout", 0.5),
    "patch": ("patch", 12 / 28),
    "speckle": ("speckle", 0.5),
    "blur": ("blur", 0.5),
    "stripes": ("stripes", 0.5),
    "low_resolution": ("low_resolution", 0.5),
}


def denoising(model: nn.Module, x: Tensor, y: Tensor, progress: Progress) -> dict[str, Metric]:
    """PSNR after each corruption, the model told nothing; and once with the known pixels pasted back."""
    measured = {}
    for name, (kind, strength) in DENOISING.items():
        x_noisy, mask = corruptions.corrupt(kind, x, strength, _rng(x))
        recon = _over(x_noisy, lambda part, _: model(part))
        text = f"mean PSNR, {corruptions.CORRUPTIONS[kind].label.lower()}, "
        text += corruptions.CORRUPTIONS[kind].describe(strength)
        measured[f"psnr_{name}"] = Metric(_psnr(x, recon), "dB", "higher", text)
        if name == "dropout":
            pasted = torch.where(mask > 0, recon, x_noisy)
            text = f"{text}, known pixels pasted back"
            measured["psnr_dropout_pasted"] = Metric(_psnr(x, pasted), "dB", "higher", text)
        progress(len(measured) / (len(DENOISING) + 1))
    return measured


# name of the number -> kind of hole and strength, as in aecore.corruptions
HOLES = {"patch": ("patch", 12 / 28), "dropout": ("dropout", 0.5), "stripes": ("stripes", 0.5)}


def inpainting(model: nn.Module, x: Tensor, y: Tensor, progress: Progress) -> dict[str, Metric]:
    """PSNR of a model that is told the mask: over the missing pixels, and over whole digits."""
    measured = {}
    for name, (kind, strength) in HOLES.items():
        x_noisy, mask = corruptions.corrupt(kind, x, strength, _rng(x))
        recon = _over(x_noisy, lambda part, where, mask=mask: model(part, mask[where]))
        error = ((recon - x).square() * mask).sum() / mask.sum()  # all digits together: many a hole is all black
        text = f"{corruptions.CORRUPTIONS[kind].label.lower()}, {corruptions.CORRUPTIONS[kind].describe(strength)}"
        missing = f"PSNR of the missing pixels of all digits together, {text}"
        measured[f"psnr_missing_{name}"] = Metric(float(-10 * error.log10()), "dB", "higher", missing)
        measured[f"psnr_{name}"] = Metric(_psnr(x, recon), "dB", "higher", f"mean PSNR of whole digits, {text}")
        progress(len(measured) / (2 * len(HOLES)))
    return measured


def hidden_patches(model: nn.Module, x: Tensor, y: Tensor, progress: Progress) -> dict[str, Metric]:
    """PSNR of a masked autoencoder over the hidden patches, at several shares of them."""
    measured = {}
    for share in patches.SHARES:
        hidden = patches.scattered(len(x), model.grid, share, _rng(x))
        mask = patches.as_mask(hidden, model.grid, model.config.patch).to(x.device)
        recon = _over(x, lambda part, where, mask=mask: model(part, mask[where]))
        psnr = patches.pooled_psnr(patches.errors(recon, x, mask), mask, x.shape[1])
        text = f"PSNR of the hidden pixels of all test pictures together, {share:.0%} of the patches hidden at random"
        measured[f"psnr_hidden_{100 * share:.0f}"] = Metric(psnr, "dB", "higher", text)
        progress(len(measured) / len(patches.SHARES))
    return measured


def upscaling(model: nn.Module, x: Tensor, y: Tensor, progress: Progress) -> dict[str, Metric]:
    """PSNR from few pixels a side to all; and how many 7s, and others, the judge still reads right."""
    judge, measured = checkpoints.load("judge").to(x.device), {}
    for factor in model.config.factors:
        low = F.avg_pool2d(x, factor)
        side, recon = low.shape[-1], _over(low, lambda part, _: model(part))
        text = f"mean PSNR, {side} x {side} pixels enlarged"
        measured[f"psnr_{side}"] = Metric(_psnr(x, recon), "dB", "higher", text)
        read = _over(recon, lambda part, _: judge(part).argmax(1))
        for digits, which in ((y == 7, "7s"), (y != 7, "other digits")):
            share = 100 * float((read == y)[digits].float().mean())
            key = f"read_{side}_{'seven' if which == '7s' else 'others'}"
            measured[key] = Metric(
                share, "%", "higher", f"{which} that the judge reads right, from {side} x {side} pixels"
            )
    return measured


def photos(model: nn.Module, x: Tensor, y: Tensor, progress: Progress) -> dict[str, Metric]:
    """PSNR on the held-out pictures with white noise, rounded and clipped as a picture file does."""
    pictures, measured = load_photos("test"), {}
    for sigma in (15, 25, 50):
        rng, total = torch.Generator().manual_seed(sigma), 0.0
        for picture in pictures.values():
            clean = torch.from_numpy(picture).float() / 255
            noise = torch.randn(clean.shape, generator=rng) * sigma / 255
            noisy = ((clean + noise) * 255).round().clamp(0, 255) / 255
            planes = noisy.permute(2, 0, 1) if noisy.ndim == 3 else noisy.expand(3, -1, -1)
            recon = model(planes[None].to(x.device)).cpu()[0]  # (3, H, W)
            recon = recon.permute(1, 2, 0) if noisy.ndim == 3 else recon.mean(0)
            total += float(-10 * (recon - clean).square().mean().log10())
        text = f"mean PSNR over {', '.join(pictures)}; white noise of sigma {sigma} of 255, clipped to 8 bits"
        measured[f"psnr_photo_{sigma}"] = Metric(total / len(pictures), "dB", "higher", text)
        progress(len(measured) / 3)
    return measured


def pulses_heard(model: nn.Module, x: Tensor, y: Tensor, progress: Progress) -> dict[str, Metric]:
    """Share of pulses found at the right place and their output SNR, in the noise that a network learnt with."""
    measured, config = {}, model.config
    kinds = signals.NOISES if config.noise == "any" else (config.noise,)
    s_test = signals.from_bytes(x.cpu())[:HEARD]
    low, high = config.snr
    for kind in kinds:
        rng = _rng(x)
        snr = low + (high - low) * torch.rand(len(s_test), 1, 1, generator=rng)
        s = s_test * snr * signals.RMS[kind]
        x_noisy = signals.received(kind, s, signals.noise(kind, len(s), rng), config.clipped)
        recon = scores.apply(model, x_noisy.to(x.device)).cpu()
        how = f"SNR {low:.3g}" if low == high else f"SNR {low:.3g} to {high:.3g}"
        text = f"of {len(s):,} test pulses of {how} in {'clipped ' * config.clipped}{kind} noise"
        share = 100 * float(scores.located(scores.place(recon), s).float().mean())
        gain = float(scores.output_snr(s, recon).mean())
        measured[f"found_{kind}"] = Metric(share, "%", "higher", f"share {text} found within {scores.NEAR} samples")
        measured[f"gain_{kind}"] = Metric(gain, "dB", "higher", f"mean output SNR {text}; 0 dB is silence")
        progress(len(measured) / (2 * len(kinds)))
    return measured


def denoised_heartbeats(model: nn.Module, x: Tensor, y: Tensor, progress: Progress) -> dict[str, Metric]:
    """How much of the noise on a minute of each test recording is gone."""
    from aecore.heartbeats import scores  # late: only this measure and the next want it

    measured = {}
    for noise, (slow, fast) in scores.NOISES.items():
        gains = scores.gains(lambda x_noisy: scores.denoised(model, x_noisy), noise)
        text = f"mean gain over {len(gains)} test recordings, wander up to {slow:g} mV, muscle noise {fast:g} mV RMS"
        measured[f"gain_{noise}"] = Metric(sum(gains) / len(gains), "dB", "higher", text)
    return measured


def odd_beats(model: nn.Module, x: Tensor, y: Tensor, progress: Progress) -> dict[str, Metric]:
    """How well the error tells odd beats of other people from normal ones."""
    from aecore.data.beats import KINDS, beats
    from aecore.heartbeats import scores

    test = beats("test")
    shares = scores.aurocs(scores.errors(model, test.x), test)
    return {
        f"auroc_{kind.lower()}": Metric(value, "%", "higher", f"AUROC, beats {KINDS[kind]} among normal, by error")
        for kind, value in shares.items()
    }


def grey_cross_entropy(model: nn.Module, x: Tensor, y: Tensor, progress: Progress) -> dict[str, Metric]:
    """Cross-entropy summed over pixels, for models without a likelihood of their own."""
    recon = _over(x, lambda part, _: model(part)).clamp(0.01, 0.99)  # a sure mistake would cost infinitely much
    nats = float(losses.bernoulli_nll(recon.logit(), x).mean())
    text = "cross-entropy summed over grey pixels, reconstructions kept in [0.01, 0.99]"
    return {"cross_entropy": Metric(nats, "nats", "lower", text)}


def trained_cross_entropy(model: nn.Module, x: Tensor, y: Tensor, progress: Progress) -> dict[str, Metric]:
    """The same for models that are trained on it: their decodings are probabilities as they are."""
    nats = float(_over(x, lambda part, _: model.loss(part)["loss"].expand(len(part))).mean())
    return {"cross_entropy": Metric(nats, "nats", "lower", "cross-entropy summed over grey pixels")}


def elbo_grey(model: nn.Module, x: Tensor, y: Tensor, progress: Progress) -> dict[str, Metric]:
    """Negative ELBO of the grey test digits, one sample a digit."""
    return {"negative_elbo": _negative_elbo(model, x, y, "grey pixels, cross-entropy summed, one sample a digit")}


def elbo_binary(model: nn.Module, x: Tensor, y: Tensor, progress: Progress) -> dict[str, Metric]:
    """Negative ELBO of dynamically binarised test digits, one sample a digit."""
    text = "dynamically binarised test digits, one sample a digit"
    return {"negative_elbo_binary": _negative_elbo(model, binarize(x), y, text)}


LIKELIHOOD_DIGITS, LIKELIHOOD_SAMPLES = 1000, 5000


def likelihood(model: nn.Module, x: Tensor, y: Tensor, progress: Progress) -> dict[str, Metric]:
    """The importance-weighted bound on -log p(x) of dynamically binarised test digits."""
    x, rng, parts = binarize(x)[:LIKELIHOOD_DIGITS], _rng(x), []
    for part in x.split(10):
        # millions of decodings: half the bits where the hardware has them, 0.0014 nats off on 20 digits
        with torch.autocast(x.device.type, torch.bfloat16, enabled=has_fast_bfloat16(x.device)):
            parts.append(metrics.importance_weighted_nll(model, part, LIKELIHOOD_SAMPLES, rng))
        progress(sum(map(len, parts)) / len(x))
    text = f"importance-weighted bound on -log p(x), {LIKELIHOOD_SAMPLES:,} samples, "
    text += f"first {len(x):,} test digits, dynamically binarised"
    return {"nll": Metric(float(torch.cat(parts).mean()), "nats", "lower", text)}


def class_agreement(model: nn.Module, x: Tensor, y: Tensor, progress: Progress) -> dict[str, Metric]:
    """Share of 10,000 samples from the prior, 1,000 a class, in which the judge reads the asked class."""
    judge = checkpoints.load("judge").to(x.device)
    asked = torch.arange(10, device=x.device).repeat(1000)
    rng = _rng(x)
    read = _over(asked, lambda part, _: judge(model.sample(part, rng)).argmax(1))
    share = 100 * float((read == asked).float().mean())
    text = "10,000 samples from the prior, 1,000 a class, in which the judge reads the asked class"
    return {"class_agreement": Metric(share, "%", "higher", text)}


def generated(model: nn.Module, x: Tensor, y: Tensor, progress: Progress) -> dict[str, Metric]:
    """What 10,000 samples are worth, 1,000 a class where the model is told one."""
    from aecore.gans import measures  # late: only these models want it

    judge = checkpoints.load("judge").to(x.device)
    images, _ = load("train", "mnist")
    against = measures.reference(judge, x, images.to(x.device).float().div_(255))
    progress(0.3)
    worth = measures.worth(against, *measures.samples(model, _rng(x)))
    text = f"of {measures.SAMPLES:,} samples"
    measured = {
        "frechet_distance": Metric(worth.frechet, "", "lower", f"{text} to the test digits, judge's features"),
        "sure": Metric(worth.sure, "%", "higher", f"{text}, read by the judge with more than {measures.SURE:.0%}"),
        "recall": Metric(worth.recall, "%", "higher", "test digits in whose neighbourhood one of these samples lies"),
        "class_entropy": Metric(worth.entropy, "nats", "higher", f"{text}, entropy of their classes, at most 2.303"),
    }
    if worth.agreement is not None:
        agreement = Metric(worth.agreement, "%", "higher", f"{text}, in which the judge reads the asked class")
        measured["class_agreement"] = agreement
    return measured


def drawn_galaxies(model: nn.Module, x: Tensor, y: Tensor, progress: Progress) -> dict[str, Metric]:
    """What as many drawn galaxies as there are to learn from are worth."""
    from aecore.galaxies import drawn  # late: only these models want it

    held = drawn.reference(x.device)
    progress(0.5)
    worth, _ = drawn.worth(held, drawn.drawn(model, held.y, _rng(x)), held.y)
    text = f"of {len(held.y)} drawn galaxies"
    return {
        "class_agreement": Metric(worth.agreement, "%", "higher", f"{text}, named by the classifier as asked"),
        "frechet_distance": Metric(worth.frechet, "", "lower", f"{text} to the test galaxies, classifier's features"),
        "recall": Metric(worth.recall, "%", "higher", "test galaxies in whose neighbourhood one of these lies"),
    }


def accuracy(model: nn.Module, x: Tensor, y: Tensor, progress: Progress) -> dict[str, Metric]:
    """Share of the test digits that a classifier reads right."""
    right = _over(x, lambda part, where: model(part).argmax(1) == y[where])
    return {"accuracy": Metric(100 * float(right.float().mean()), "%", "higher", "test digits read right")}


def calibration(model: nn.Module, x: Tensor, y: Tensor, progress: Progress) -> dict[str, Metric]:
    """Does a classifier know how often it is right? On clean digits, and on digits damaged as in its training."""
    p, p_damaged = (_over(pictures, lambda part, _: model.classify(part)) for pictures in (x, model.damage(x, _rng(x))))
    text, damaged = "mean gap between how sure it is and how often it is right, 15 bins, ", "digits damaged at random"
    right = 100 * float((p_damaged.argmax(1) == y).float().mean())
    return {
        "calibration_error": Metric(calibration_error(p, y), "%", "lower", f"{text}clean test digits"),
        "calibration_error_damaged": Metric(calibration_error(p_damaged, y), "%", "lower", f"{text}{damaged}"),
        "accuracy_damaged": Metric(right, "%", "higher", f"test {damaged} by every corruption, read right"),
    }


def calibration_error(p: Tensor, y: Tensor, bins: int = 15) -> float:
    """Expected calibration error in percent: |sure - right| over bins of sureness, weighted by their digits.

    Args:    p: (N, classes) probabilities; y: (N,).
    Source:  Guo et al. 2017, "On calibration of modern neural networks", arXiv:1706.04599, eq. 3.
    """
    sure, reads = p.double().max(1)
    place = (sure * bins).ceil().long().clamp(1, bins) - 1  # (N,)
    gap = (reads == y).double() - sure
    return 100 * float(
        torch.zeros(bins, dtype=torch.float64, device=p.device).index_add(0, place, gap).abs().sum() / len(y)
    )


def binarize(x: Tensor) -> Tensor:
    """Each pixel 1 with its grey value as probability, the same draw every time: the test set of the papers.

    Source: Salakhutdinov & Murray 2008; Burda et al. 2016, section 5.
    """
    return (torch.rand(x.shape, generator=torch.Generator().manual_seed(7)).to(x.device) < x).to(x.dtype)


def _negative_elbo(model: nn.Module, x: Tensor, y: Tensor, text: str) -> Metric:
    rng, total = _rng(x), 0.0
    for x_part, y_part in zip(x.split(CHUNK), y.split(CHUNK), strict=True):
        given = (y_part,) if model.takes_label else ()
        mu, logvar = model.posterior(x_part, *given)
        logits = model.decode_logits(model.reparameterize(mu, logvar, rng), *given)
        total += float((losses.bernoulli_nll(logits, x_part) + losses.kl_standard_normal(mu, logvar)).sum())
    return Metric(total / len(x), "nats", "lower", f"negative ELBO, {text}")


def _psnr(x: Tensor, recon: Tensor) -> float:
    return float(metrics.psnr(x, recon).mean())


def _rng(x: Tensor) -> torch.Generator:
    return torch.Generator().manual_seed(1)


MEASURES = {
    "reconstruction": reconstruction,
    "static": static,
    "period_two": period_two,
    "layers": layers,
    "retrieval": retrieval,
    "rate": rate,
    "memorised": memorised,
    **{f"one_class_{digit}": partial(one_class, digit) for digit in range(10)},
    **{f"texture_{name}": partial(texture, name) for name in TEXTURES},
    "galaxies": galaxies,
    "galaxy_kinds": galaxy_kinds,
    "dropout": dropout,
    "denoising": denoising,
    "grey_cross_entropy": grey_cross_entropy,
    "trained_cross_entropy": trained_cross_entropy,
    "elbo_grey": elbo_grey,
    "elbo_binary": elbo_binary,
    "likelihood": likelihood,
    "class_agreement": class_agreement,
    "generated": generated,
    "drawn_galaxies": drawn_galaxies,
    "accuracy": accuracy,
    "calibration": calibration,
    "inpainting": inpainting,
    "hidden_patches": hidden_patches,
    "upscaling": upscaling,
    "photos": photos,
    "signals": pulses_heard,
    "heartbeats": denoised_heartbeats,
    "odd_beats": odd_beats,
}
