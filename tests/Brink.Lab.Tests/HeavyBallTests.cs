using Brink.Algebra;
using Brink.Dynamics;
using Brink.Dynamics.Stabilization;
using Brink.Objectives;
using Brink.Reports;
using Brink.Runs;

namespace Brink.Lab.Tests;

/// <summary>A sixth trajectory that is defined only in this file: it appears in the store, on the page and in figures, and is
/// saved in checkpoints.</summary>
public class HeavyBallTests
{
    private const string Name = "heavy_ball";

    private static readonly Experiment Short =
        Experiment.Small with { Tracking = Experiment.Small.Tracking with { Steps = 12, TheoryEvery = 5 } };

    [Fact]
    public void An_additional_trajectory_is_recorded_and_drawn_like_the_others()
    {
        using var folder = new TemporaryFolder();
        Run(folder.Path("run"), null);
        using var run = RunReader.Open(folder.Path("run"));
        foreach (var series in new[] { EdgeSchema.Loss, EdgeSchema.Sharpness, EdgeSchema.X, EdgeSchema.Y, EdgeSchema.Distance })
            Assert.Equal(13, run.Points(Name, series).Count);
        foreach (var name in new[] { "loss", "sharpness", "distance", "x", "excess" })
            Assert.Contains("heavy ball", Figures.Of(run).Single(figure => figure.Name == name).Curves.Select(curve => curve.Label));
        // Its colour differs from all others.
        var colours = Figures.Of(run).Single(figure => figure.Name == "loss").Curves.Select(curve => curve.Colour).ToArray();
        Assert.Equal((6, 6), (colours.Length, colours.Distinct().Count()));
        Page.Write([run], folder.Path("page.html"));
        Assert.Contains("heavy ball", File.ReadAllText(folder.Path("page.html")), StringComparison.Ordinal);
    }

    [Fact]
    public void An_additional_trajectory_does_not_change_the_others()
    {
        using var folder = new TemporaryFolder();
        Run(folder.Path("with"), null);
        using (var writer = RunWriter.Create(folder.Path("without")))
            new EdgeOfStability(Short, writer, TimeProvider.System).Run("test", null, default);
        using RunReader with = RunReader.Open(folder.Path("with")), without = RunReader.Open(folder.Path("without"));
        foreach (var key in without.Series()) Assert.Equal(without.Points(key), with.Points(key));
    }

    [Fact]
    public void A_killed_run_with_the_trajectory_is_resumed_to_the_same_numbers()
    {
        using var folder = new TemporaryFolder();
        Run(folder.Path("whole"), progress =>
        {
            if (progress is { Phase: "edge", Done: 6 }) CrashImages.Take(folder.Path("whole"), folder.Path("killed"));
        });
        using var scope = NewDisposeScope();
        using (var resumption = Resumption.Of(folder.Path("killed")))
            Of(resumption.Run).Resume(resumption.From!, null, default);
        Assert.Equal(CrashImages.Contents(folder.Path("whole")), CrashImages.Contents(folder.Path("killed")));
    }

    private static void Run(string folder, Action<StudyProgress>? progress)
    {
        using var writer = RunWriter.Create(folder);
        Assert.Equal(RunStatus.Completed, Of(writer).Run("test", progress, default).Status);
    }

    private static EdgeOfStability Of(RunWriter writer) => new(Short, writer, TimeProvider.System, CheckpointPace.Always)
    {
        AdditionalTrajectories = descent =>
            [new FreeTrajectory<Ball>(Name, "heavy ball", new HeavyBall(descent.Objective, descent.LearningRate, 0.3), ball => ball.At)],
    };

    /// <summary>Polyak's heavy ball: theta_{t+1} = theta_t - eta grad L(theta_t) + beta (theta_t - theta_{t-1}).</summary>
    private sealed record HeavyBall(IObjective Objective, double LearningRate, double Momentum) : IResumable<Ball>
    {
        public Ball Start(Tensor theta) => new(new(Objective, theta.clone()), zeros_like(theta));

        public Ball Step(Ball state)
        {
            using var scope = NewDisposeScope();
            var moved = Momentum * state.Moved - LearningRate * state.At.Gradient;
            return new(new(Objective, state.At.Theta + moved), moved);
        }

        public void Save(Ball state, Snapshot to)
        {
            state.At.Save(to.Part("at"));
            to.Set("moved", state.Moved);
        }

        public Ball Restored(Snapshot from) => new(Point.Restored(Objective, from.Part("at")), from.Tensor("moved"));
    }

    private sealed class Ball(Point at, Tensor moved) : IDisposable
    {
        public Point At => at;

        public Tensor Moved { get; } = moved.DetachFromDisposeScope();

        public void Dispose()
        {
            at.Dispose();
            Moved.Dispose();
        }
    }
}
