using System.Text.Json;
using Brink.Reports;
using Brink.Runs;

namespace Brink.Lab.Tests;

public class EdgeOfStabilityTests
{
    private static readonly Experiment Smoke = Presets.Named("smoke").Experiment;

    [Fact]
    public void The_saved_experiment_gives_the_same_bits_again()
    {
        using var folder = new TemporaryFolder();
        var experiment = Smoke with { Tracking = Smoke.Tracking with { Steps = 40 } };
        Run(experiment, folder.Path("one"));
        Run((Experiment)ExperimentYaml.Read(folder.Path("one/experiment.yaml")), folder.Path("two"));
        Assert.Equal(Csv(folder.Path("one")), Csv(folder.Path("two")));
        Assert.True(Csv(folder.Path("one")).Count(letter => letter == '\n') > 40 * 30);
    }

    [Fact, Trait("speed", "slow")]
    public void One_thread_and_two_agree_to_the_documented_tolerance()
    {
        using var folder = new TemporaryFolder();
        var quickstart = Presets.Named("quickstart").Experiment;
        var experiment = quickstart with { Tracking = quickstart.Tracking with { Steps = 20 } };
        var threads = get_num_threads();
        try
        {
            foreach (var count in new[] { 1, 2 })
            {
                set_num_threads(count);
                Run(experiment, folder.Path($"{count}"));
            }
        }
        finally
        {
            set_num_threads(threads);
        }
        using var one = RunReader.Open(folder.Path("1"));
        using var two = RunReader.Open(folder.Path("2"));
        Assert.Equal(2, two.Manifest().Number("threads"));
        Assert.Equal(one.Manifest().Number("instability_step"), two.Manifest().Number("instability_step"));
        foreach (var process in new[] { "gd", "flow", "constrained" })
        {
            var (left, right) = (one.Points(process, "loss"), two.Points(process, "loss"));
            Assert.Equal(left.Count, right.Count);
            var largest = left.Zip(right, (a, b) => Math.Abs((a.Value / b.Value) - 1)).Max();
            TestContext.Current.TestOutputHelper!.WriteLine($"loss of {process}: {largest:g3}");
            // docs/guide/reliability.md
            Assert.InRange(largest, 0, 1e-6);
        }
    }

    [Fact]
    public void Every_process_and_series_is_recorded_at_every_tracked_step()
    {
        using var folder = new TemporaryFolder();
        var summary = Run(Smoke with { Tracking = Smoke.Tracking with { Steps = 60 } }, folder.Path("run"));
        Assert.Equal(RunStatus.Completed, summary.Status);
        using var run = RunReader.Open(summary.Folder);
        var manifest = run.Manifest();
        var instability = (long)manifest.Number("instability_step")!.Value;
        foreach (var (process, series) in new[]
        {
            ("gd", "loss"), ("gd", "sharpness"), ("gd", "x"), ("gd", "y"), ("gd", "distance"),
            ("flow", "loss"), ("flow", "sharpness"), ("flow", "distance"),
            ("constrained", "loss"), ("constrained", "sharpness"), ("constrained", "eigenvalue_2"), ("constrained", "alpha"),
            ("constrained", "beta"), ("constrained", "delta_squared"), ("constrained", "gamma"),
            ("constrained", "newton_x"), ("constrained", "distance"),
            ("predicted", "loss"), ("predicted", "sharpness"), ("predicted", "x"), ("predicted", "distance"),
            ("predicted", "sharpness_taylor"), ("predicted", "sharpness_average"), ("generalized", "sharpness"),
        })
        {
            var steps = run.Points(process, series).Select(point => point.Step).Where(step => step >= instability);
            Assert.Equal(Enumerable.Range(0, 61).Select(i => instability + i), steps);
        }
        Assert.Equal(
            Enumerable.Range(0, (int)instability).Select(i => (long)i),
            run.Points("gd", "loss").Select(point => point.Step).TakeWhile(step => step < instability));

        // The largest errors of the constraints over all active steps, and their number.
        Assert.InRange(manifest.Number("max_constraint_error")!.Value, 0, 1e-6);
        Assert.InRange(manifest.Number("max_alignment_error")!.Value, 0, 1e-6);
        Assert.InRange(manifest.Number("active_steps")!.Value, 30, 61);
        Assert.Equal(2 / 0.06, manifest.Number("threshold")!.Value, 1e-12);
        foreach (var key in new[]
        {
            "version", "libtorch", "platform", "seed", "dataset_checksum", "started", "experiment", "parameters",
            "products_per_step", "seconds",
        })
            Assert.NotNull(manifest.Node(key));

        // The errors in the manifest agree with the recorded series.
        var gd = run.Points("gd", "sharpness");
        var errors = run.Points("predicted", "sharpness").Zip(gd, (a, b) => Math.Abs(a.Value - b.Value) * 0.06 / 2).ToArray();
        Assert.Equal(errors.Average(), manifest.Number("prediction_error_mean")!.Value, 1e-12);
        Assert.Equal(errors.Max(), manifest.Number("prediction_error_max")!.Value, 1e-12);
    }

    [Fact]
    public void Micro_batches_change_only_rounding()
    {
        using var folder = new TemporaryFolder();
        var experiment = Smoke with { Tracking = Smoke.Tracking with { Steps = 5 }, Descent = Smoke.Descent with { MaxSteps = 200 } };
        Run(experiment, folder.Path("whole"));
        Run(experiment with { MicroBatch = 37 }, folder.Path("parts"));
        using var whole = RunReader.Open(folder.Path("whole"));
        using var parts = RunReader.Open(folder.Path("parts"));
        Assert.Equal(whole.Manifest().Number("instability_step"), parts.Manifest().Number("instability_step"));
        // The preceding descent is in float32: the results differ by its rounding.
        Assert.All(
            whole.Points("gd", "loss").Zip(parts.Points("gd", "loss")),
            pair => Assert.Equal(pair.First.Value, pair.Second.Value, 1e-4 * pair.First.Value));
    }

    [Fact]
    public void A_run_that_diverges_keeps_everything_recorded_until_then()
    {
        using var folder = new TemporaryFolder();
        var summary = Run(Smoke with { LearningRate = 50 }, folder.Path("run"));
        Assert.Equal(RunStatus.Diverged, summary.Status);
        using var run = RunReader.Open(summary.Folder);
        Assert.NotEmpty(run.Points("gd", "loss"));
        Assert.Equal("diverged", run.Manifest().Status);
        Assert.Contains("ended early", Story.Of(run), StringComparison.Ordinal);
    }

    [Fact]
    public void A_learning_rate_that_does_not_reach_the_edge_is_stable()
    {
        using var folder = new TemporaryFolder();
        var summary = Run(Smoke with { LearningRate = 0.001, Descent = Smoke.Descent with { MaxSteps = 30 } }, folder.Path("run"));
        Assert.Equal(RunStatus.Stable, summary.Status);
        using var run = RunReader.Open(summary.Folder);
        Assert.Contains(
            "Gradient descent with learning rate 0.001 did not reach the edge of stability in 30 steps",
            Story.Of(run),
            StringComparison.Ordinal);
        Assert.Null(run.Manifest().Number("tracked_steps"));
    }

    [Fact]
    public void A_descent_that_returns_to_an_earlier_step_leaves_no_stale_step()
    {
        using var folder = new TemporaryFolder();
        using (var writer = RunWriter.Create(folder.Path("run")))
        {
            var recorder = new DescentRecorder(writer);
            using var theta = zeros(1);
            // Up to step 10, where the check finds that 2/eta was crossed; then back to step 5 and up to 7.
            foreach (var step in Enumerable.Range(0, 11).Concat(Enumerable.Range(5, 3)))
                recorder.Record(new(step, 1.0 / (step + 1), null, null, theta));
            writer.Commit();
        }
        using var run = RunReader.Open(folder.Path("run"));
        Assert.Equal(Enumerable.Range(0, 8).Select(i => (long)i), run.Points("gd", "loss").Select(point => point.Step));
    }

    [Theory]
    [InlineData("descent")]
    [InlineData("edge")]
    public void An_interrupted_run_keeps_every_step(string phase)
    {
        using var folder = new TemporaryFolder();
        using var cancel = new CancellationTokenSource();
        var summary = Run(Smoke, folder.Path("run"), Cancel, cancel.Token);
        Assert.Equal(RunStatus.Interrupted, summary.Status);
        using var run = RunReader.Open(summary.Folder);
        var from = phase == "edge" ? (long)run.Manifest().Number("instability_step")!.Value : 0;
        Assert.Equal(from + 7, run.Points("gd", "loss")[^1].Step);
        Assert.Equal("interrupted", run.Manifest().Status);

        void Cancel(StudyProgress progress)
        {
            if (progress.Phase == phase && progress.Done == 7) cancel.Cancel();
        }
    }

    [Fact]
    public void Missing_data_fail_the_run_with_the_reason()
    {
        using var folder = new TemporaryFolder();
        var missing = Smoke with { Data = Smoke.Data with { Path = folder.Path("nothing") } };
        Assert.Contains(
            "no file train-images",
            Assert.Throws<ExperimentException>(() => Run(missing, folder.Path("run"))).Message,
            StringComparison.Ordinal);
        using var run = RunReader.Open(folder.Path("run"));
        Assert.Equal("failed", run.Manifest().Status);
        var many = Smoke with { Data = Smoke.Data with { Samples = 5000 } };
        Assert.Contains(
            "5000 samples need 2500 of class 0",
            Assert.Throws<ExperimentException>(() => Run(many, folder.Path("two"))).Message,
            StringComparison.Ordinal);
        var coarse = Smoke with { Data = Smoke.Data with { Pool = 29 } };
        Assert.Contains(
            "28 by 28", Assert.Throws<ExperimentException>(() => Run(coarse, folder.Path("three"))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Measurements_behind_the_theory_are_recorded_at_intervals()
    {
        using var folder = new TemporaryFolder();
        var summary = Run(Smoke with { Tracking = Smoke.Tracking with { Steps = 40, TheoryEvery = 10 } }, folder.Path("run"));
        using var run = RunReader.Open(summary.Folder);
        var start = (long)run.Manifest().Number("instability_step")!.Value;
        long[] measured = [start + 10, start + 20, start + 30, start + 40];
        foreach (var series in new[] { "hessian_v", "hessian_gradient", "third_v", "third_gradient", "rho3", "rho4" })
        {
            var points = run.Points("assumptions", series);
            Assert.Equal(measured, points.Select(point => point.Step));
            Assert.All(points, point => Assert.InRange(point.Value, 0, series.StartsWith("rho", StringComparison.Ordinal) ? 1e7 : 1.01));
        }

        // A kernel starts with beta_{s->s}, close to beta_s, and is followed for two intervals or to the end of the run.
        var beta = run.Points("constrained", "beta").ToDictionary(point => point.Step, point => point.Value);
        var kernels = run.Curves("constrained", "beta_from");
        Assert.Equal(measured[..3], kernels.Select(curve => curve.Step));
        Assert.Equal([20, 20, 10], kernels.Select(curve => curve.Points.Count));
        Assert.All(kernels, curve => Assert.Equal(0, curve.Points[0].X));
        Assert.All(kernels, curve => Assert.InRange(curve.Points[0].Y / beta[curve.Step], 0.8, 1.2));

        // F at x = 0 is the loss of the trajectory; near 0, F exceeds it by S x^2 / 2.
        var loss = run.Points("constrained", "loss").ToDictionary(point => point.Step, point => point.Value);
        var delta = run.Points("constrained", "delta_squared").ToDictionary(point => point.Step, point => Math.Sqrt(point.Value));
        foreach (var curve in run.Curves("constrained", "cross_section"))
        {
            Assert.Equal(101, curve.Points.Count);
            Assert.Equal(0, curve.Points[50].X, 1e-12);
            Assert.Equal(loss[curve.Step], curve.Points[50].Y, 1e-12);
            Assert.Equal(5 * delta[curve.Step], curve.Points[100].X, 1e-12);
            var (left, right) = (curve.Points[49], curve.Points[51]);
            var curvature = (left.Y - (2 * curve.Points[50].Y) + right.Y) / (right.X * right.X);
            Assert.Equal(2 / 0.06, curvature, 0.02 * 2 / 0.06);
        }

        // The two-variable system starts where gradient descent is at the first constrained point.
        var phase = run.Curves("gd", "phase").Single().Points[0];
        var orbit = run.Curves("stages", "orbit").Single().Points[0];
        Assert.Equal(phase.X, orbit.X, 1e-12);
        Assert.Equal(phase.Y, orbit.Y, 1e-12);
    }

    [Fact]
    public void The_page_is_self_contained_and_has_every_figure()
    {
        using var folder = new TemporaryFolder();
        var summary = Run(Smoke with { Tracking = Smoke.Tracking with { Steps = 20, TheoryEvery = 5 } }, folder.Path("run"));
        using var run = RunReader.Open(summary.Folder);
        Page.Write([run], folder.Path("page.html"));
        var page = File.ReadAllText(folder.Path("page.html"));
        Assert.DoesNotContain("{{", page.Replace("${{", "", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.DoesNotContain("src=", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<link", page, StringComparison.Ordinal);
        var data = page.Split("const runs = ")[1].Split(";</script>")[0];
        using var figures = JsonDocument.Parse(data);
        Assert.Equal(1, figures.RootElement.GetArrayLength());
        Assert.Equal(
            [
                "loss", "sharpness", "distance", "x", "eigenvalues", "excess", "assumptions", "smoothness", "cross_section", "beta",
                "stages_x", "stages_y", "stages_plane",
            ],
            figures.RootElement[0].GetProperty("figures").EnumerateArray().Select(figure => figure.GetProperty("name").GetString()));
        var sharpness = figures.RootElement[0].GetProperty("figures")[1];
        Assert.Equal(2 / 0.06, sharpness.GetProperty("level").GetProperty("value").GetDouble(), 1e-5);
        Assert.Contains("gradient flow", sharpness.GetRawText(), StringComparison.Ordinal);

        foreach (var ending in new[] { "svg", "png" })
            FigureImage.Write(Figures.Of(run), folder.Path($"main.{ending}"));
        var svg = File.ReadAllText(folder.Path("main.svg"));
        Assert.Contains("constrained trajectory", svg, StringComparison.Ordinal);
        Assert.Equal([0x89, (byte)'P', (byte)'N', (byte)'G'], File.ReadAllBytes(folder.Path("main.png"))[..4]);
        Assert.Throws<NotSupportedException>(() => FigureImage.Write(Figures.Of(run), folder.Path("main.gif")));
    }

    [Fact]
    public void Each_burst_counts_as_one_return()
    {
        SeriesPoint[] Points(params double[] values) => [.. values.Select((value, i) => new SeriesPoint(i, value))];
        Assert.Empty(EdgeStory.Returns(Points(-1, -0.5, 0.1, 0.4), 1));
        Assert.Equal([3], EdgeStory.Returns(Points(-1, 1, 0.001, -0.001, 0.001, -0.002, -1, -0.5), 1));
        Assert.Equal(2, EdgeStory.Returns(Points(1, -1, -1, 1, 1, -1), 1).Count);
        // A dip within the hysteresis is not a return.
        Assert.Empty(EdgeStory.Returns(Points(1, -0.001, 1, 1), 1));
    }

    [Fact]
    public void The_native_library_is_correct_or_its_faults_have_a_workaround()
    {
        var tests = SelfTest.Run();
        Assert.Equal(9, tests.Count);
        Assert.All(tests, test => Assert.True(test.Correct || test.Workaround is not null, $"{test.Name}: {test.Error}"));
        Assert.True(tests.Single(test => test.Name.Contains("group_norm", StringComparison.Ordinal)).Correct);
    }

    [Fact, Trait("speed", "slow")]
    public void Quickstart_reaches_its_numbers()
    {
        using var folder = new TemporaryFolder();
        var summary = Run(Presets.Named("quickstart").Experiment, folder.Path("run"));
        Assert.Equal(RunStatus.Completed, summary.Status);
        using var run = RunReader.Open(summary.Folder);
        var manifest = run.Manifest();
        Assert.Equal(50, manifest.Number("threshold"));
        Assert.Equal(300, manifest.Number("tracked_steps"));
        Assert.InRange(manifest.Number("instability_step")!.Value, 1, 300);
        Assert.InRange(manifest.Number("max_constraint_error")!.Value, 0, 1e-6);
        Assert.InRange(manifest.Number("max_alignment_error")!.Value, 0, 1e-6);
        Assert.InRange(manifest.Number("prediction_error_mean")!.Value, 0, 0.01);
        Assert.InRange(manifest.Number("prediction_error_max")!.Value, 0, 0.04);
        Assert.Equal(0, manifest.Number("not_converged"));
        Assert.InRange(EdgeStory.Returns(run.Points("gd", "y"), 50).Count, 2, 4);
        Assert.InRange(run.Points("constrained", "eigenvalue_2").Max(point => point.Value), 0, 0.7 * 50);
    }

    private static RunSummary Run(
        Experiment experiment, string folder, Action<StudyProgress>? progress = null, CancellationToken cancellation = default)
    {
        using var writer = RunWriter.Create(folder);
        return new EdgeOfStability(experiment, writer, TimeProvider.System).Run("test", progress, cancellation);
    }

    private static string Csv(string folder)
    {
        using var reader = RunReader.Open(folder);
        using var text = new StringWriter();
        RunExport.WriteCsv(reader, text);
        return text.ToString();
    }
}
