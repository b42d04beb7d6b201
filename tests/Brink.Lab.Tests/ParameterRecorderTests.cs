using System.Globalization;
using Brink.Runs;
using Brink.Zoo.Formats;

namespace Brink.Lab.Tests;

/// <summary>The parameters that a run saves belong to the last losses that it recorded.</summary>
public class ParameterRecorderTests
{
    private static readonly Experiment Smoke = Presets.Named("smoke").Experiment;

    [Theory]
    [InlineData(ParameterRecorder.Descent, "gd")]
    [InlineData(ParameterRecorder.Constrained, "constrained")]
    public void A_tracked_run_saves_the_last_point_of_descent_and_trajectory_bit_for_bit(string file, string process)
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        var experiment = Smoke with { Tracking = Smoke.Tracking with { Steps = 5 } };
        Run(experiment, folder.Path("run"));
        var (theta, metadata) = Read(folder.Path("run"), file, experiment);
        using var run = RunReader.Open(folder.Path("run"));
        var (step, loss) = run.Points(process, "loss")[^1];
        Assert.Equal(ScalarType.Float64, theta.dtype);
        using var problem = new Problem(experiment);
        Assert.Equal(loss, problem.Objective(ScalarType.Float64).Loss(theta));
        Assert.Equal(
            (process, step.ToString(CultureInfo.InvariantCulture), "float64"),
            (metadata["process"], metadata["step"], metadata["precision"]));
        Assert.Equal(StudyYaml.Write(experiment), metadata["experiment"]);
    }

    [Fact]
    public void A_run_that_does_not_reach_the_edge_saves_its_descent_in_float32()
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        var experiment = Smoke with { LearningRate = 0.001, Descent = Smoke.Descent with { MaxSteps = 30 } };
        Run(experiment, folder.Path("run"));
        var (theta, metadata) = Read(folder.Path("run"), ParameterRecorder.Descent, experiment);
        using var run = RunReader.Open(folder.Path("run"));
        Assert.Equal(ScalarType.Float32, theta.dtype);
        using var problem = new Problem(experiment);
        Assert.Equal(run.Points("gd", "loss")[^1].Value, problem.Objective(ScalarType.Float32).Loss(theta));
        Assert.Equal(("30", "float32"), (metadata["step"], metadata["precision"]));
        Assert.False(File.Exists(folder.Path("run/" + ParameterRecorder.Constrained)));
    }

    [Fact]
    public void An_interrupted_run_saves_its_last_recorded_step()
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        using var cancel = new CancellationTokenSource();
        Run(Smoke, folder.Path("run"), Cancel, cancel.Token);
        var (theta, _) = Read(folder.Path("run"), ParameterRecorder.Descent, Smoke);
        using var run = RunReader.Open(folder.Path("run"));
        using var problem = new Problem(Smoke);
        Assert.Equal(run.Points("gd", "loss")[^1].Value, problem.Objective(ScalarType.Float64).Loss(theta));

        void Cancel(StudyProgress progress)
        {
            if (progress is { Phase: "edge", Done: 3 }) cancel.Cancel();
        }
    }

    /// <summary>Returns theta, assembled by the names and shapes of the model's layout.</summary>
    private static (Tensor Theta, IReadOnlyDictionary<string, string> Metadata) Read(string run, string name, Experiment experiment)
    {
        var file = Safetensors.Read(Path.Combine(run, name));
        using var problem = new Problem(experiment);
        var layout = problem.Model.Layout.Parameters;
        Assert.Equal(layout.Select(parameter => parameter.Name).Order(), file.Tensors.Keys.Order());
        foreach (var parameter in layout) Assert.Equal(parameter.Shape, file.Tensors[parameter.Name].shape);
        return (cat([.. layout.Select(parameter => file.Tensors[parameter.Name].flatten())]), file.Metadata);
    }

    private static void Run(
        Experiment experiment, string folder, Action<StudyProgress>? progress = null, CancellationToken cancellation = default)
    {
        using var writer = RunWriter.Create(folder);
        new EdgeOfStability(experiment, writer, TimeProvider.System).Run("test", progress, cancellation);
    }
}
