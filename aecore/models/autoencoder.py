"""The plain autoencoder: x -> code -> x, fully connected or convolutional, and the lecture's tanh pair."""

from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor, nn

from aecore import contract, losses
from aecore.models import blocks
from aecore.models.family import Family

OUTPUTS = {"sigmoid": torch.sigmoid, "tanh": torch.tanh, "linear": lambda pixels: pixels}


@dataclass(frozen=True)
class AutoencoderConfig:
    """Shape of an `Autoencoder`; every field has a unit or a choice.

    body: "mlp" or "conv"; widths: units a hidden layer, or channels a stage; blocks: residuals a stage (conv);
    code: activation on the code; output: "sigmoid"; "tanh" for a model whose
    pixels live in [-1, 1]; "linear" for one that is free in training and clipped to [0, 1] when it decodes;
    error: "squared", or "cross-entropy" of the pixels as probabilities of ink, which wants the sigmoid;
    input_dropout: share of the inputs dropped in training (the lecture's denoiser), 0 for none;
    activation: of the hidden layers of an mlp.
    """

    image_shape: tuple[int, int, int] = (1, 28, 28)
    latent_dim: int = 32
    body: str = "mlp"
    widths: tuple[int, ...] = ()
    blocks: int = 1
    code: str = "identity"
    output: Literal["sigmoid", "tanh", "linear"] = "sigmoid"
    error: Literal["squared", "cross-entropy"] = "squared"
    input_dropout: float = 0.0
    activation: Literal["relu", "tanh"] = "relu"


class Autoencoder(nn.Module):
    """h = f(W x + b), recon = g(V h + c), trained on the squared error or on the cross-entropy.

    With `output="tanh"` the pixels inside are 2x - 1 in [-1, 1] and `decode` maps them back to [0, 1].
    With `input_dropout=p` training drops inputs as torch.nn.Dropout does: to 0, the mid-grey of [-1, 1], the
    kept ones divided by 1 - p. Such a model takes a mask, and then sees the same input at test time.

    Source: NYU Deep Learning, week 7; Vincent et al. 2008 for the denoiser.
    """

    takes_label = False

    def __init__(self, config: AutoencoderConfig):
        super().__init__()
        if not 0 <= config.input_dropout < 1:
            raise ValueError(f"input_dropout must be at least 0 and less than 1, not {config.input_dropout}")
        if config.error not in ("squared", "cross-entropy"):
            raise ValueError(f"error must be 'squared' or 'cross-entropy', not {config.error!r}")
        if config.error == "cross-entropy" and config.output != "sigmoid":
            raise ValueError(f"the cross-entropy wants probabilities: output must be 'sigmoid', not {config.output!r}")
        self.config = config
        shape, latent = config.image_shape, config.latent_dim
        self.encoder = blocks.ENCODERS[config.body](shape, config.widths, config.blocks, latent)
        self.decoder = blocks.DECODERS[config.body](shape, config.widths, config.blocks, latent)
        if config.body == "mlp":
            blocks.activate(self.encoder, config.activation)
            blocks.activate(self.decoder, config.activation)
        self.code = blocks.ACTIVATIONS[config.code]()

    @property
    def takes_mask(self) -> bool:
        """True when `encode` wants to know which pixels are missing."""
        return self.config.input_dropout > 0

    def encode(self, x: Tensor, mask: Tensor | None = None) -> Tensor:
        """(N, C, H, W) in [0, 1] -> z (N, latent_dim); mask: (N, C, H, W), 1 where a pixel is missing."""
        contract.check_input(self, x)
        t = self._to_range(x)
        if mask is not None and self.takes_mask:
            t = t * (1 - contract.as_mask(mask, x)) / (1 - self.config.input_dropout)
        return self.code(self.encoder(t))

    def decode(self, z: Tensor) -> Tensor:
        """z (N, latent_dim) -> recon (N, C, H, W) in [0, 1]."""
        contract.check_codes(self, z)
        return self._from_range(self._decode_raw(z))

    def forward(self, x: Tensor, mask: Tensor | None = None) -> Tensor:
        """Reconstruct: (N, C, H, W) in [0, 1] -> (N, C, H, W) in [0, 1]."""
        return self.decode(self.encode(x, mask))

    def loss(self, x: Tensor, rng: torch.Generator | None = None) -> dict[str, Tensor]:
        """Mean over the batch of the error summed over pixels: squared, in the model's own pixel range; or in nats."""
        mask = None
        if self.takes_mask:
            device = rng.device if rng is not None else x.device
            dropped = torch.rand(x.shape, generator=rng, device=device) < self.config.input_dropout
            mask = dropped.to(x.device, x.dtype)
        z = self.encode(x, mask)
        if self.config.error == "cross-entropy":
            error = losses.bernoulli_nll(self.decoder(z), x).mean()
            return {"loss": error, "cross-entropy": error}
        error = losses.squared_error(self._decode_raw(z), self._to_range(x)).mean()
        return {"loss": error, "squared error": error}

    def _decode_raw(self, z: Tensor) -> Tensor:
        """Pixels in the model's own range: [0, 1] after a sigmoid, [-1, 1] after a tanh, free if linear."""
        return OUTPUTS[self.config.output](self.decoder(z).float())

    def _to_range(self, x: Tensor) -> Tensor:
        return 2 * x - 1 if self.config.output == "tanh" else x

    def _from_range(self, t: Tensor) -> Tensor:
        return (t + 1) / 2 if self.config.output == "tanh" else t.clamp(0, 1)


FAMILY = Family(
    Autoencoder,
    AutoencoderConfig,
    kind=lambda config: "dae" if config.get("input_dropout") else "ae",
    headline=("psnr_dropout_pasted", "mse"),
    restores=("denoise",),
    live=True,
)
