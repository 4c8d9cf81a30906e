"""``fmproof floor`` as people run it."""

from __future__ import annotations

import json
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from conftest import Run

from fmproof.floor import EmpiricalField, TrainingLog, compare, compute_floor, load_rows


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working directory with ``data.npy``, 200 rows of 4 numbers."""
    monkeypatch.chdir(tmp_path)
    z = np.random.default_rng(0).standard_normal((200, 4)).astype(np.float32)
    np.save("data.npy", z)
    return tmp_path


def floor_of(run: Run, *arguments: str | Path) -> Any:
    outcome = run("floor", *arguments, "--format", "json")
    assert outcome.status in (0, 1), outcome.err
    return json.loads(outcome.out)


def test_text(run: Run, folder: Path) -> None:
    outcome = run("floor", "data.npy", "--bins", "4")
    assert outcome.status == 0
    lines = outcome.out.splitlines()
    assert lines[0] == "data.npy: 200 rows of 4 numbers, float32"
    assert lines[1] == "path cond-ot, t ~ U[0, 1], target velocity"
    assert sum("█" in line for line in lines) == 4
    assert "the next digit takes about" in lines[-1]


def test_json(run: Run, folder: Path) -> None:
    found = floor_of(run, "data.npy", "--bins", "4")
    assert found["floor"]["error"] <= 0.01 * found["floor"]["value"]
    parts = sum(p["value"] * p["probability"] for p in found["per_t"])
    assert parts == pytest.approx(found["floor"]["value"])
    assert found["floor_mean"]["value"] == pytest.approx(found["floor"]["value"] / 4)
    assert [p["low"] for p in found["per_t"]] == [0, 0.25, 0.5, 0.75]
    assert found["cost"]["samples"] > 200
    assert found["stopped"] == "tolerance"


def write_log(name: str, losses: Any, **columns: Any) -> None:
    table = {"step": np.arange(len(losses)) * 10, **columns, "loss": losses}
    rows = [
        ",".join(table),
        *(",".join(map(str, row)) for row in zip(*table.values(), strict=True)),
    ]
    Path(name).write_text("\n".join(rows) + "\n", encoding="utf-8")


def sampled_losses(per_step: int, steps: int, model: Any) -> tuple[Any, Any]:
    """Times and losses (mean over d) of a model: one row a step and a tenth of t."""
    rng = np.random.default_rng(1)
    z = np.load("data.npy").astype(np.float64)
    t = (np.arange(10)[None, :, None] + rng.random((steps, 10, per_step))) / 10
    t = t.ravel()
    data = z[rng.integers(len(z), size=len(t))]
    eps = rng.standard_normal(data.shape)
    x = t[:, None] * data + (1 - t)[:, None] * eps
    square = ((model(t, x) - (data - eps)) ** 2).mean(axis=1)
    times, losses = (v.reshape(steps * 10, per_step).mean(axis=1) for v in (t, square))
    return times, losses


def test_a_perfect_model_is_at_the_floor_and_one_that_is_off_above_it(
    run: Run, folder: Path
) -> None:
    field = EmpiricalField(np.load("data.npy"))

    def off_early(t: Any, x: Any) -> Any:
        return field(t, x).velocity + 0.6 * (t < 0.2)[:, None]

    for model, gap in ((lambda t, x: field(t, x).velocity, 0.0), (off_early, 0.2 * 0.36)):
        t, losses = sampled_losses(8, 150, model)
        write_log("train.csv", losses, t=t)
        found = floor_of(run, "data.npy", "--log", "train.csv", "--tolerance", "0.02")
        above = found["log"]["above"]
        assert abs(above["value"] - gap) <= above["error"]
        assert not found["log"]["warnings"]
        if gap:
            assert above["value"] > above["error"] / 2
            early = found["log"]["per_t"][:2]
            assert all(abs(p["value"] - 0.36) <= p["error"] for p in early)
            text = run("floor", "data.npy", "--log", "train.csv", "--tolerance", "0.02").out
            assert "nine tenths of what is seen above the floor are at t < 0.2" in text


@pytest.mark.parametrize(("factor", "said"), [(4, "sum"), (0.5, "half-mean"), (2, "half-sum")])
def test_a_reduction_that_is_not_as_said_is_named(
    run: Run, folder: Path, factor: float, said: str
) -> None:
    value = floor_of(run, "data.npy")["floor_mean"]["value"]
    write_log("train.csv", np.full(50, 1.05 * value * factor))
    wrong = floor_of(run, "data.npy", "--log", "train.csv")
    if said != "half-sum":  # which lies between the floor and a model that ignores x
        assert f"--reduction {said}" in wrong["log"]["warnings"][0]
    right = floor_of(run, "data.npy", "--log", "train.csv", "--reduction", said)
    assert not right["log"]["warnings"]
    assert right["log"]["above"]["value"] > 0


def test_a_leak_is_called_out(run: Run, folder: Path) -> None:
    write_log("train.csv", np.full(50, 0.01))
    outcome = run("floor", "data.npy", "--log", "train.csv")
    assert outcome.status == 1
    assert "warning: the loss is below the floor by" in outcome.out
    assert "nine tenths" not in outcome.out
    assert "No reduction explains it. Look for a target that leaks" in " ".join(outcome.out.split())


@pytest.mark.parametrize("timed", [True, False], ids=["over t", "as a whole"])
def test_training_on_few_rows_is_called_out(run: Run, folder: Path, timed: bool) -> None:
    """The best model of 8 rows, seen on these rows; a leak is none of the kind."""
    few = np.load("data.npy")[:8]
    field = EmpiricalField(few)
    np.save("all.npy", np.load("data.npy"))
    np.save("data.npy", few)
    t, losses = sampled_losses(8, 150, lambda t, x: field(t, x).velocity + 0.1)
    write_log("train.csv", losses, **({"t": t} if timed else {}))
    found = floor_of(run, "all.npy", "--log", "train.csv", "--tolerance", "0.02")["log"]
    assert 8 <= found["few_rows"]["rows"] <= 32
    assert found["few_rows"]["low"] < found["few_rows"]["high"]
    (warning,) = found["warnings"]
    assert "of the 200 rows or fewer, again and again" in warning
    assert "does the loader go on" in warning
    write_log("train.csv", 0.01 + 0 * losses, **({"t": t} if timed else {}))
    leak = floor_of(run, "all.npy", "--log", "train.csv", "--tolerance", "0.02")["log"]
    assert leak["few_rows"] is None


@pytest.mark.parametrize(
    "header",
    [
        "Wall time,Step,Value\n1.5,0,3.0\n1.6,10,2.5\n",
        '"Step","run-1 - train/loss","run-1 - train/loss__MIN"\n"0","3.0","3"\n"10","2.5","2"\n',
        "\ufeffepoch,lr,train_loss\n0,1,3.0\n10,1,\n10,1,2.5\n",
        "step\tloss\n0\t3.0\n10\t2.5\n",
        "step;loss\n0;3,0\n10;2,5\n",
        "step,time,loss\n0,0.5,3.0\n10,17.5,2.5\n",
        "Step,run - val/loss,run - train/loss\n0,9,3.0\n10,9,2.5\n",
        "step,loss_t0.25,loss_t0.75\n0,4.0,2.0\n10,3.0,2.0\n",
        "step,train/loss_0-0.5,train/loss_0.5-1\n0,4.0,2.0\n10,3.0,2.0\n",
    ],
    ids=[
        "TensorBoard",
        "Weights & Biases",
        "a spreadsheet's",
        "tabs",
        "decimal commas",
        "a clock",
        "validation beside it",
        "a column for each time",
        "a column for each bin",
    ],
)
def test_logs_of_others(run: Run, folder: Path, header: str) -> None:
    Path("train.csv").write_text(header, encoding="utf-8")
    found = floor_of(run, "data.npy", "--log", "train.csv")["log"]
    assert found["step"] == 10
    assert found["above"]["loss"] == 2.5


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("step,accuracy\n1,2\n", "no column of losses; expected a header with step,loss"),
        ("", "the log is empty"),
        ("step,loss\n", "no losses below the header"),
        ("step,kl_loss,mse_loss\n1,2,3\n", "several columns of losses: kl_loss, mse_loss; leave"),
        ("step,loss_t0,loss_t1\n1,2,3\n", "several columns of losses: loss_t0, loss_t1; leave"),
        ("step,loss\n1,nan\n", "line 2: expected a number in the column 'loss', found 'nan'"),
        ("step,loss\n1,2\n2,x\n", "line 3: expected a number in the column 'loss', found 'x'"),
        ("step,t,loss\n1,7,2\n", "t = 7 is outside of the time law's"),
        ("step,t,loss\n1,0,2\n1,900,2\n", "divide the times by the number of steps"),
        (
            '{"step": 1, "loss": 2.0}\n',
            "expected a CSV with a header such as step,loss, found JSON",
        ),
    ],
)
def test_logs_that_cannot_be_used(run: Run, folder: Path, text: str, message: str) -> None:
    Path("train.csv").write_text(text, encoding="utf-8")
    outcome = run("floor", "data.npy", "--log", "train.csv", "--tolerance", "0.2", "-o", "out.txt")
    assert outcome.status == 2
    assert message in outcome.err
    assert outcome.err.count("\n") == 1
    assert not Path("out.txt").exists()


def test_a_single_loss_is_no_alarm(run: Run, folder: Path) -> None:
    value = floor_of(run, "data.npy")["floor_mean"]["value"]
    Path("train.csv").write_text(f"step,loss\n7,{0.9 * value}\n", encoding="utf-8")
    found = floor_of(run, "data.npy", "--log", "train.csv")["log"]
    assert not found["warnings"]
    assert found["above"]["loss_error"] == pytest.approx(0.9 * value)


TABLE = "\n".join(f"{k},{k % 7},{k % 3}" for k in range(30))


@pytest.mark.parametrize(
    "text",
    [
        "a,b\n" + "\n".join(f"{k % 7},{k % 3}" for k in range(30)),
        "a;b\n" + "\n".join(f"{k % 7};{k % 3}" for k in range(30)),
        "\ufeff" + "\n".join(f"{k % 7}\t{k % 3}" for k in range(30)),
        ",a,b\n" + TABLE,
        "Unnamed: 0,a,b\n" + TABLE,
    ],
)
def test_tables_of_text(run: Run, folder: Path, text: str) -> None:
    Path("data.csv").write_text(text, encoding="utf-8")
    np.save("same.npy", np.array([[k % 7, k % 3] for k in range(30)], dtype=float))
    found = [floor_of(run, name, "--tolerance", "0.1") for name in ("data.csv", "same.npy")]
    assert found[0]["floor"] == found[1]["floor"]


def test_the_index_of_a_data_frame_is_told(run: Run, folder: Path) -> None:
    Path("data.csv").write_text(",a,b\n" + TABLE, encoding="utf-8")
    err = run("floor", "data.csv", "--tolerance", "0.2").err
    assert "counts the rows, as the index of a data frame does, and is left out" in err
    Path("data.csv").write_text("k,a,b\n" + TABLE, encoding="utf-8")  # a column of the user's
    assert "is left out" not in run("floor", "data.csv", "--tolerance", "0.2").err


@pytest.mark.parametrize("text", ["", "a,b\n"])
def test_a_table_without_rows(run: Run, folder: Path, text: str) -> None:
    Path("data.csv").write_text(text, encoding="utf-8")
    assert run("floor", "data.csv").err == (
        "fmproof: data.csv: expected rows of numbers, found none\n"
    )


def test_labels_in_a_column(run: Run, folder: Path) -> None:
    labels = np.arange(len(np.load("data.npy"))) % 3
    np.save("flat.npy", labels)
    np.save("column.npy", labels[:, None])
    found = [
        floor_of(run, "data.npy", "--labels", f"{name}.npy", "--tolerance", "0.1")["floor"]
        for name in ("flat", "column")
    ]
    assert found[0] == found[1]
    np.savetxt("flat.csv", labels)
    err = run("floor", "data.npy", "--labels", "flat.csv").err
    assert "expected labels in a .npy file" in err
    np.save("text.npy", np.array(["cat"] * len(labels), dtype=object))
    assert "labels.astype(str)" in run("floor", "data.npy", "--labels", "text.npy").err


@pytest.mark.parametrize(
    ("arguments", "where"),
    [
        (["--weight", "1/t"], "like |t - 0|^-1 at t = 0"),
        (["--weight", "1/t^2", "--target", "x1"], "like |t - 0|^-2 at t = 0"),
        (["--path", "polynomial:0.4"], "like |t - 0|^-1.2 at t = 0"),
        (["--weight", "1/(t-0.3)^2"], "at t = 0.3"),
        (["--weight", "1/(t-0.1)^2", "--time", "uniform:0.1,0.9"], "at t = 0.1"),
        (["--weight", "1/(0.9-t)^2", "--time", "uniform:0,0.9"], "at t = 0.9"),
    ],
)
def test_a_floor_that_is_infinite(run: Run, folder: Path, arguments: list[str], where: str) -> None:
    outcome = run("floor", "data.npy", *arguments)
    assert outcome.status == 2
    assert "the floor is infinite" in outcome.err
    assert where in outcome.err


@pytest.mark.parametrize(
    "arguments",
    [
        ["--weight", "1/sqrt(t)"],
        ["--weight", "1/t", "--time", "uniform:0.01,1"],
        ["--weight", "1/t", "--time", "logit-normal:0,1"],
        ["--weight", "1/((t-0.3)^2+0.01)"],
        ["--target", "eps", "--weight", "1/(1-t)^2"],
        ["--path", "linear-vp"],
        ["--path", "polynomial:0.6"],
    ],
)
def test_a_floor_that_is_not(run: Run, folder: Path, arguments: list[str]) -> None:
    found = floor_of(run, "data.npy", *arguments, "--tolerance", "0.3", "--time-limit", "5")
    assert found["floor"]["value"] > 0


@pytest.mark.parametrize(
    ("write", "arguments", "message"),
    [
        (lambda f: np.save(f, np.array([{}], dtype=object)), [], "it holds Python objects"),
        (lambda f: f.write_bytes(Path("data.npy").read_bytes()[:500]), [], "shorter than its"),
        (lambda f: f.write_bytes(b"hello"), [], "not a .npy file"),
        (lambda f: f.write_bytes(b""), [], "not a .npy file"),
        (lambda f: np.save(f, np.array([[1, np.nan]])), [], "row 0 has nan in column 1"),
        (lambda f: None, [], "there is no such file or folder"),
        (lambda f: np.save(f, np.eye(2)), ["--scale", "0"], "scale: expected a number other"),
        (lambda f: np.save(f, np.eye(2)), ["--target", "x0"], "target: unknown 'x0'; known: eps"),
        (lambda f: np.save(f, np.eye(2)), ["--plot", "a.txt"], "expected a file ending in"),
        (lambda f: np.save(f, np.eye(2)), ["--labels", "data.npy"], "expected one label for each"),
        (lambda f: np.save(f, np.eye(2)), ["--labels", "no.npy"], "there is no such file"),
    ],
)
def test_data_that_cannot_be_used(
    run: Run, folder: Path, write: Any, arguments: list[str], message: str
) -> None:
    write(folder / "bad.npy")
    outcome = run("floor", "bad.npy", *arguments)
    assert outcome.status == 2
    assert message in outcome.err
    assert outcome.err.count("\n") == 1
    assert outcome.out == ""


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("cut.npz", "cannot be read as a .npz file"),
        ("cut.csv", "expected rows of numbers"),
        ("cut.parquet", "cannot be read as a Parquet file"),
    ],
)
def test_files_that_were_not_written_to_the_end(
    run: Run, folder: Path, name: str, message: str
) -> None:
    z = np.load("data.npy")
    if name.endswith("npz"):
        np.savez(name, z=z)
    elif name.endswith("csv"):
        np.savetxt(name, z, delimiter=",")
    else:
        pytest.importorskip("pyarrow")
        Path(name).write_bytes(b"PAR1 and no more")
    Path(name).write_bytes(Path(name).read_bytes()[:-30])
    outcome = run("floor", name)
    assert outcome.status == 2
    assert message in outcome.err
    assert outcome.err.count("\n") == 1
    assert outcome.out == ""


@pytest.mark.parametrize(
    ("change", "warning"),
    [
        ("a constant column", "1 of 4 columns are constant"),
        ("repeated rows", "100 of 200 rows repeat an earlier one"),
        ("fewer rows than columns", ""),
        ("one row", "one row: the target is known from x, and the floor is 0"),
        ("equal rows", "all rows are equal: the floor is 0"),
    ],
)
def test_unusual_data_have_a_right_number(
    run: Run, folder: Path, change: str, warning: str
) -> None:
    """Against plain formulas in float64."""
    z = np.load("data.npy").astype(np.float64)
    z = {
        "a constant column": lambda: z * [1, 1, 0, 1] + [0, 0, 7, 0],
        "repeated rows": lambda: np.concatenate([z[:100], z[:100]]),
        "fewer rows than columns": lambda: z.reshape(20, 40),
        "one row": lambda: z[:1],
        "equal rows": lambda: np.ones((50, 4)),
    }[change]()
    np.save("z.npy", z)
    outcome = run("floor", "z.npy", "--format", "json", "--tolerance", "0.03")
    assert outcome.status == 0
    assert outcome.err.count("\n") == bool(warning)
    assert warning in outcome.err
    found = json.loads(outcome.out)["floor"]
    rng = np.random.default_rng(5)
    t = (np.arange(4000) + rng.random(4000)) / 4000
    x = t[:, None] * z[rng.integers(len(z), size=4000)]
    x += (1 - t)[:, None] * rng.standard_normal(x.shape)
    square = ((x[:, None] - t[:, None, None] * z) ** 2).sum(axis=2) / (1 - t[:, None]) ** 2
    weight = np.exp(-(square - square.min(axis=1, keepdims=True)) / 2)
    weight /= weight.sum(axis=1, keepdims=True)
    gaps = ((z - (weight @ z)[:, None]) ** 2).sum(axis=2)
    each = (weight * gaps).sum(axis=1) / (1 - t) ** 2
    error = 3.3 * each.std() / 4000**0.5
    assert abs(found["value"] - each.mean()) <= found["error"] + error + 1e-12


def test_a_run_goes_on_from_its_file(run: Run, folder: Path) -> None:
    common = ("data.npy", "--resume", "known")
    first = floor_of(run, *common, "--tolerance", "0.05")
    second = floor_of(run, *common)
    assert second["cost"]["samples"] > first["cost"]["samples"]
    assert second["floor"] == floor_of(run, *common)["floor"], "nothing was left to do"
    outcome = run("floor", *common, "--seed", "1")
    assert outcome.status == 2
    assert outcome.err == (
        "fmproof: known: it is of another run: its seed was 0, now it is 1; give the same, or name "
        "a new file\n"
    )


def test_formats(run: Run, folder: Path) -> None:
    """The same numbers in every format that the test's environment can read."""
    image = pytest.importorskip("PIL.Image")
    z = np.random.default_rng(0).integers(0, 256, (30, 4, 4)).astype(np.uint8)
    np.save("z.npy", z)
    np.savez("z.npz", z=z, y=np.arange(30))
    np.savetxt("z.csv", z.reshape(30, 16), delimiter=",", header="a,b", comments="")
    Path("images").mkdir()
    for i, picture in enumerate(z):
        image.fromarray(picture).save(f"images/{i:02}.png")
    common = ("--scale", "0.01", "--tolerance", "0.05")
    values = [
        floor_of(run, name, *more, *common)["floor"]["value"]
        for name, *more in (("z.npy",), ("z.npz", "--field", "z"), ("images",))
    ]
    assert values[0] == values[1] == values[2] > 0
    table = floor_of(run, "z.csv", *common)["floor"]
    assert abs(table["value"] - values[0]) <= 2 * table["error"]
    assert "choose with --field: z, y" in run("floor", "z.npz").err
    (folder / "images" / "99.png").write_bytes(b"no image")
    assert "99.png: cannot be read as an image" in run("floor", "images").err
    (folder / "empty").mkdir()
    assert "a folder without images" in run("floor", "empty").err
    assert "unknown kind of file" in run("floor", "images/00.png").err


@pytest.mark.parametrize("name", [signal.SIGINT, signal.SIGTERM], ids=["Ctrl-C", "SIGTERM"])
def test_stopped_from_outside(
    run: Run, folder: Path, name: signal.Signals, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The signal comes while a batch is being reported."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # jobs may ignore it

    @contextmanager
    def progress() -> Iterator[Any]:
        yield lambda *_: signal.raise_signal(name)

    monkeypatch.setattr("fmproof.cli.terminal.progress", progress)
    outcome = run("floor", "data.npy", "--tolerance", "1e-6")
    assert outcome.status == 0
    assert "(interrupted); ± 0.0001 % takes about" in outcome.out
    assert signal.getsignal(signal.SIGTERM) == signal.SIG_DFL
    signal.signal(signal.SIGINT, before)


def test_the_curve_of_a_log_over_t_does_not_go_up_and_down(folder: Path) -> None:
    """Each step has ten losses, small t first: groups of rows would be of unequal times."""
    found = compute_floor(load_rows(Path("data.npy")), tolerance=0.3)
    t, steps = np.tile(np.arange(0.05, 1, 0.1), 93), np.repeat(np.arange(93), 10)
    log = TrainingLog("train.csv", steps.astype(float), 1 + t, t)
    x, loss, error = compare(found, log).curve
    assert len(x) == 40
    assert loss == pytest.approx(1.5)
    assert error == pytest.approx(0)


def test_plot(run: Run, folder: Path) -> None:
    write_log("train.csv", np.linspace(2, 1.4, 100))
    outcome = run(
        "floor", "data.npy", "--log", "train.csv", "--tolerance", "0.1", "--plot", "loss.svg"
    )
    assert outcome.status == 0, outcome.err
    drawn = Path("loss.svg").read_bytes()
    assert drawn.startswith(b"<?xml")
    run("floor", "data.npy", "--log", "train.csv", "--tolerance", "0.1", "--plot", "again.svg")
    assert Path("again.svg").read_bytes() == drawn
