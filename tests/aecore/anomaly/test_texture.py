"""Heat maps of textures against a plain loop and scikit-learn, faults, and what the shipped table says."""

import numpy as np
import pytest
import torch
from sklearn.decomposition import PCA
from sklearn.metrics import roc_auc_score

from aecore.anomaly import texture as textures
from aecore.anomaly import texture_table
from aecore.anomaly.texture import AXES, DISTANCE, ERROR, KINDS, SCORES, STRIDE
from aecore.data.textures import COUNT, MOST, PATCH, TEXTURES, check_size, patches_of, texture
from aecore.errors import DataError


def by_mean(patches):
    return {ERROR: patches.mean((1, 2, 3)), DISTANCE: patches.amax((1, 2, 3))}


@pytest.mark.parametrize("shape", [(16, 16), (16, 33), (37, 50), (61, 40)])
def test_a_pixel_has_the_mean_score_of_the_patches_that_cover_it_at_any_size(shape):
    picture = torch.rand(1, *shape, generator=torch.Generator().manual_seed(0))
    expected, count = {key: np.zeros(shape) for key in SCORES}, np.zeros(shape)
    tops, lefts = (sorted({*range(0, side - PATCH + 1, STRIDE), side - PATCH}) for side in shape)
    for top in tops:
        for left in lefts:
            patch = picture[0, top : top + PATCH, left : left + PATCH].numpy().astype(float)
            count[top : top + PATCH, left : left + PATCH] += 1
            expected[ERROR][top : top + PATCH, left : left + PATCH] += patch.mean()
            expected[DISTANCE][top : top + PATCH, left : left + PATCH] += patch.max()
    heat = textures.mark(picture, by_mean)
    for key in SCORES:
        np.testing.assert_allclose(heat[key].numpy(), expected[key] / count, rtol=1e-5)


@pytest.mark.parametrize(("shape", "said"), [((1, 1), "1 x 1 pixels: too small"), ((15, 400), "at least 16 pixels")])
def test_a_picture_too_small_gets_a_sentence(shape, said):
    with pytest.raises(DataError, match=said):
        textures.mark(torch.zeros(1, *shape), by_mean)
    with pytest.raises(DataError, match=said):
        patches_of(torch.zeros(1, *shape), 5)


def test_a_huge_picture_gets_a_sentence():
    with pytest.raises(DataError, match="26 million pixels"):
        check_size(torch.zeros(1).expand(1, 26_000, MOST // 25_000))


def test_the_parts_of_a_texture_share_no_pixel():
    rng = np.random.default_rng(0)
    for name in TEXTURES:
        parts = [texture(name, part)[0].numpy() for part in ("train", "held", "test")]
        assert [part.shape for part in parts] == [(512, 256), (256, 256), (256, 256)]
        whole = np.hstack([parts[0], np.vstack([parts[2], parts[1]])])
        import skimage.data

        assert (whole == getattr(skimage.data, name)()).all()
        patch = patches_of(texture(name, "train"), 3, seed=int(rng.integers(9)))[1, 0].numpy()
        windows = np.lib.stride_tricks.sliding_window_view(parts[0], (PATCH, PATCH))
        assert (windows == patch).all((2, 3)).any()
    with pytest.raises(ValueError, match="part one of train, held, test"):
        texture("brick", "all")


def test_pca_scores_as_scikit_learn_does():
    x = patches_of(texture("gravel", "train"), COUNT).float() / 255
    odd = patches_of(texture("gravel", "test"), 20).float() / 255
    pca = PCA(AXES, svd_solver="full").fit(x.flatten(1).double().numpy())
    flat = odd.flatten(1).double().numpy()
    z = pca.transform(flat)
    scores = textures.axes("gravel").score(odd)
    np.testing.assert_allclose(scores[ERROR], ((pca.inverse_transform(z) - flat) ** 2).mean(1), rtol=1e-3)
    np.testing.assert_allclose(scores[DISTANCE], (z**2 / pca.explained_variance_).sum(1), rtol=1e-2)


def test_faults_are_seeded_and_known():
    clean = texture("brick", "test").float() / 255
    first = list(textures.faults(clean, 4))
    assert [kind for kind, _, _ in first] == [*KINDS, *KINDS]
    for (_, picture, mask), (_, same, _) in zip(first, textures.faults(clean, 4), strict=True):
        assert torch.equal(picture, same)
        assert torch.equal(picture[0][~mask], clean[0][~mask]) and len(picture[0][mask].unique()) == 1
        assert 20 < int(mask.sum()) < 1000
    (_, picture, mask), *_ = first
    heat = textures.mark(picture, by_mean)[ERROR]
    one = textures.finds(clean, by_mean, 1)[ERROR]
    oddest = np.argsort(heat.flatten().numpy(), kind="stable")[-int(0.05 * heat.numel()) :]
    assert one.top[0] == pytest.approx(100 * mask.flatten().numpy()[oddest].sum() / int(mask.sum()), abs=3)  # of ties
    assert one.auroc[0] == pytest.approx(100 * roc_auc_score(mask.flatten().numpy(), heat.flatten().numpy()))


def test_the_table_chooses_on_the_held_out_part_and_says_who_leads():
    table = texture_table.load()
    for name, ways in table.rows.items():
        assert table.chosen(name) == max(SCORES, key=lambda score: ways["network"][score].held)
        middle, half = ways["network"][ERROR].auroc
        areas = ways["network"][ERROR].areas
        assert middle == pytest.approx(np.mean(areas))
        assert half == pytest.approx(1.99 * np.std(areas, ddof=1) / np.sqrt(len(areas)))
        assert middle == pytest.approx(np.mean([ways["network"][ERROR].of_kind(kind)[0] for kind in KINDS]))
    own, other = (table.rows["grass"][way][table.chosen("grass", way)].auroc[0] for way in ("network", "pca"))
    assert table.lead("grass")[0] == pytest.approx(own - other)


def test_the_cards_say_what_the_table_says():
    from aecore.engine import get_engine

    engine, table = get_engine(), texture_table.load()
    if not {f"texture-{name}" for name in TEXTURES} <= set(engine.names()):
        pytest.skip("no trained models here")
    assert not table.stale(engine)
    for name, ways in table.rows.items():
        metrics = engine.card(f"texture-{name}").metrics
        for score in SCORES:
            assert metrics[f"auroc_{score}"].value == pytest.approx(ways["network"][score].auroc[0], abs=0.05)
