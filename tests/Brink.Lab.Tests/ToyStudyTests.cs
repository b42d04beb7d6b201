using Brink.Reports;
using Brink.Runs;

namespace Brink.Lab.Tests;

/// <summary>A kind of study that is defined only in this file can be run, resumed and drawn; no other file refers to
/// it.</summary>
public class ToyStudyTests
{
    private static readonly StudyKinds Kinds = StudyKinds.Standard.With(new StudyKind<Walk>(
        new(Steps: 20, Spread: 0.5, Seed: 3), (walk, run, time, pace) => new WalkRun(walk, run, time, pace)));

    private static readonly StudyReports Reports = StudyReports.Standard.With(new StudyReport("walk")
    {
        Sentences = run => [$"The walk ended at {run.Points(WalkRun.Position)[^1].Value:f3}."],
        Headline = [Headline.Of(WalkRun.Length, "length", "0.0")],
        Chapters = curves =>
            [new("A walk", [Figure.OverSteps("walk", "Position", "x", curves.Series("walker", WalkRun.Position, Palette.Nth(0)))])],
        FigureNames = ["walk"],
    });

    [Fact]
    public void A_new_kind_of_study_is_read_from_a_file_run_summarized_and_drawn()
    {
        using var folder = new TemporaryFolder();
        var study = ExperimentYaml.Parse("study: walk\nsteps: 7", "toy.yaml", Kinds);
        Assert.Equal(new Walk(Steps: 7, Spread: 0.5, Seed: 3), study);
        using (var writer = RunWriter.Create(folder.Path("run")))
            Assert.Equal(RunStatus.Completed, Kinds.Of(study, writer, CheckpointPace.Usual).Run("mine", null, default).Status);
        using var run = RunReader.Open(folder.Path("run"));
        Assert.Equal("walk", run.Manifest().Kind);
        Assert.Matches(@"^The walk ended at -?\d+\.\d{3}\.$", Story.Of(run, Reports));
        Assert.Equal(8, Assert.Single(Assert.Single(Figures.Of(run, Reports)).Curves).Y.Count);
        Page.Write([run], folder.Path("page.html"), Reports);
        var page = File.ReadAllText(folder.Path("page.html"));
        Assert.Contains("The walk ended at", page, StringComparison.Ordinal);
        Assert.Contains("<dt>length</dt>", page, StringComparison.Ordinal);
    }

    [Fact]
    public void A_killed_run_of_a_new_kind_is_resumed_and_repeated_to_the_same_numbers()
    {
        using var folder = new TemporaryFolder();
        var walk = new Walk(Steps: 20, Spread: 0.5, Seed: 8);
        using (var writer = RunWriter.Create(folder.Path("whole")))
        {
            Kinds.Of(walk, writer, CheckpointPace.Always).Run("mine", progress =>
            {
                if (progress.Done == 12) CrashImages.Take(folder.Path("whole"), folder.Path("killed"));
            }, default);
        }
        using (var resumption = Resumption.Of(folder.Path("killed"), Kinds))
        {
            Assert.Equal(("walk", walk, 12), (resumption.Kind.Name, resumption.Study, resumption.From!.State.Whole("step")));
            Assert.Equal(RunStatus.Completed, resumption.Continue(null, null, default).Status);
        }
        Assert.Equal(CrashImages.Contents(folder.Path("whole")), CrashImages.Contents(folder.Path("killed")));
        using var whole = RunReader.Open(folder.Path("whole"));
        Assert.Equal(walk, Repetition.Of(whole.Manifest(), "whole", Kinds));
    }

    [Fact]
    public void A_run_of_an_unknown_kind_is_drawn_plainly_and_not_resumed()
    {
        using var folder = new TemporaryFolder();
        using (var writer = RunWriter.Create(folder.Path("run")))
            Kinds.Of(new Walk(Steps: 5, Spread: 1, Seed: 0), writer, CheckpointPace.Usual).Run("mine", null, default);
        using (var run = RunReader.Open(folder.Path("run")))
            Assert.Equal("position", Assert.Single(Figures.Of(run)).Name);
        using (var writer = RunWriter.Create(folder.Path("interrupted")))
            Kinds.Of(new Walk(Steps: 5, Spread: 1, Seed: 0), writer, CheckpointPace.Usual).Run("mine", null, new(canceled: true));
        Assert.Contains(
            "walk", Assert.Throws<ExperimentException>(() => Resumption.Of(folder.Path("interrupted"))).Message, StringComparison.Ordinal);
    }

    /// <param name="Steps">Number of steps of the walk.</param>
    /// <param name="Spread">Standard deviation of a step.</param>
    /// <param name="Seed">Seed of the steps.</param>
    public sealed record Walk(int Steps, double Spread, long Seed)
        : Study(Seed)
    {
        public override string Kind => "walk";

        public override Walk Checked()
        {
            AtLeast("steps", Steps, 1);
            Positive("spread", Spread);
            return this;
        }
    }

    private sealed class WalkRun(Walk walk, RunWriter run, TimeProvider time, CheckpointPace pace) : IStudyRun
    {
        public static readonly SeriesKey Position = new("walker", "position");
        public static readonly ManifestKey<double?> Length = new("length");

        private readonly RunJournal _journal = new(run, time);

        public RunSummary Run(string name, Action<StudyProgress>? progress, CancellationToken cancellation)
        {
            _journal.Begin(name, walk);
            return Walked(0, 0, 0, progress, cancellation);
        }

        public RunSummary Resume(Checkpoint from, Action<StudyProgress>? progress, CancellationToken cancellation)
        {
            _journal.Resume(from.Seconds);
            return Walked((int)from.State.Whole("step"), from.State.Number("x"), from.State.Number("length"), progress, cancellation);
        }

        private RunSummary Walked(int step, double x, double length, Action<StudyProgress>? progress, CancellationToken cancellation)
        {
            var checkpoints = new Checkpoints(run, _journal, pace, time);
            for (; ; step++)
            {
                checkpoints.WriteIfDue(walk.Kind, to =>
                {
                    to.Set("step", step);
                    to.Set("x", x);
                    to.Set("length", length);
                });
                if (cancellation.IsCancellationRequested) return _journal.End(RunStatus.Interrupted, $"interrupted at step {step}");
                run.Add(Position, step, x);
                run.Commit();
                progress?.Invoke(new("walk", step, walk.Steps, ("x", x)));
                if (step == walk.Steps) break;
                // Each step has its own seed, so that a resumed walk makes the same steps.
                using var scope = NewDisposeScope();
                using var generator = new Generator((ulong)(walk.Seed + step), CPU);
                var moved = walk.Spread * randn(1, dtype: ScalarType.Float64, generator: generator).ToDouble();
                (x, length) = (x + moved, length + Math.Abs(moved));
            }
            run.Set(Length, length);
            return _journal.End(RunStatus.Completed, $"{walk.Steps} steps");
        }
    }
}
