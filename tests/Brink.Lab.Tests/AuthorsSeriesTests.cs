using System.Globalization;
using System.Text.Json;
using Brink.Runs;

namespace Brink.Lab.Tests;

/// <summary>Comparison with series of the authors' own code (Damian et al. 2023), where these are available; they may not be
/// redistributed. docs/benchmarks/edge-of-stability.md has a table of the agreement.</summary>
public class AuthorsSeriesTests
{
    private static readonly string Shared = Path.GetFullPath(
        Path.Combine(AppContext.BaseDirectory, "../../../../../shared/reference/eos"));

    [Fact]
    public void Tracking_from_the_edge_agrees_with_the_series_of_the_authors_code() => OnEach((run, reference, at) =>
    {
        foreach (var (series, column) in new[]
        {
            ("loss", "dagger_L"), ("sharpness", "dagger_S"), ("alpha", "dagger_alpha"), ("beta", "dagger_beta"), ("gamma", "dagger_gamma"),
            ("gradient_norm", "dagger_dL_norm"), ("gradient_norm_beside", "dagger_dL_perp_norm"),
        })
            Agrees(run.Points("constrained", series), reference[column], at, steps: 150, relative: 1e-4, column);
        Agrees(
            run.Points("constrained", "delta_squared"), [.. reference["dagger_delta"].Select(delta => delta * delta)],
            at, 150, 2e-4, "dagger_delta");
        foreach (var (series, column) in new[] { ("loss", "gd_L"), ("sharpness", "gd_S_exact"), ("distance", "gd_dist") })
            Agrees(run.Points("gd", series), reference[column], at, steps: 60, relative: 1e-5, column);
        // The sign of an eigenvector is arbitrary. Their x has an error of newton_x, about 1e-8, from three projections.
        Assert.All(
            run.Points("gd", "x").Where(point => point.Step >= at).Take(61).Zip(reference["gd_x"]),
            pair => Assert.Equal(Math.Abs(pair.Second), Math.Abs(pair.First.Value), 1e-6));
        foreach (var (series, column) in new[]
        {
            ("loss", "pred_L"), ("sharpness", "pred_S_exact"), ("sharpness_average", "pred_S_avg"),
            ("sharpness_taylor", "pred_S_taylor"), ("distance", "pred_dist"),
        })
            Agrees(run.Points("predicted_fixed_frame", series), reference[column], at, steps: 40, relative: 1e-3, column);
    }, "at_the_edge.safetensors", "tracking.predictions=paper-and-code");

    [Fact]
    public void Normals_measured_at_every_fourth_step_agree_along_the_constrained_trajectory() => OnEach((run, reference, at) =>
    {
        foreach (var (series, column) in new[]
        {
            ("loss", "dagger_L"), ("alpha", "dagger_alpha"), ("beta", "dagger_beta"),
            ("gamma", "dagger_gamma"), ("gradient_norm", "dagger_dL_norm"),
        })
            Agrees(run.Points("constrained", series), reference[column], at, steps: 150, relative: 1e-4, column);
    }, "at_the_edge.safetensors", "tracking.normals_every=4");

    [Theory]
    [InlineData("float64", 1e-9)]
    [InlineData("float32", 1e-5)]
    public void Descent_from_the_initial_point_meets_the_edge_where_the_authors_code_does(
        string precision, double relative) => OnEach((run, reference, at) =>
    {
        var loss = run.Points("gd", "loss").ToDictionary(point => point.Step, point => point.Value);
        foreach (var (step, theirs) in reference["step"].Zip(reference["loss"])) Assert.Equal(theirs, loss[(long)step], relative * theirs);
        var midpoint = run.Points("gd", "sharpness_midpoint").ToDictionary(point => point.Step, point => point.Value);
        var both = reference["step"].Zip(reference["sharpness_midpoint"]).Where(row => midpoint.ContainsKey((long)row.First)).ToArray();
        Assert.True(both.Length > 20);
        Assert.All(both, row => Assert.Equal(row.Second, midpoint[(long)row.First], 1e-5 * row.Second));
        Assert.Equal(reference["step"][^1], at);
    }, "initial.safetensors", "descent_to_the_edge.csv", "tracking.steps=0", $"descent.precision={precision}");

    private static void OnEach(Action<RunReader, Dictionary<string, double[]>, long> compare, string start, params string[] settings)
    {
        Assert.SkipUnless(Directory.Exists(Shared), $"{Shared} is missing: the authors' series may not be redistributed");
        var table = settings.FirstOrDefault(setting => setting.EndsWith(".csv", StringComparison.Ordinal)) ?? "tracked.csv";
        foreach (var folder in Directory.GetDirectories(Shared))
        {
            using var temporary = new TemporaryFolder();
            using var about = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "settings.json")));
            var (root, reference) = (about.RootElement, Columns(Path.Combine(folder, table)));
            string[] all =
            [
                $"data={{ set: file, path: {folder}/samples.npz }}",
                $"model={{ kind: mlp, hidden: {root.GetProperty("hidden")},"
                    + $" activation: {root.GetProperty("activation").GetString()}, parameters: {folder}/{start} }}",
                $"learning_rate={root.GetProperty("learning_rate")}",
                $"loss={Loss(folder)}",
                $"tracking.steps={reference["step"].Length - 1}",
                .. settings.Where(setting => setting != table),
            ];
            using var writer = RunWriter.Create(temporary.Path("run"));
            var experiment = all.Aggregate(Presets.Named("quickstart").Experiment, ExperimentYaml.With);
            var summary = new EdgeOfStability(experiment, writer, TimeProvider.System).Run("authors", null, default);
            Assert.True(summary.Status == RunStatus.Completed, summary.Message);
            using var run = RunReader.Open(summary.Folder);
            compare(run, reference, (long)run.Manifest().Number("instability_step")!.Value);
        }
    }

    /// <summary>Returns the loss from the name of the folder, ACTIVATION-LOSS-RATE.</summary>
    private static string Loss(string folder) => Path.GetFileName(folder).Split('-') switch
    {
        [_, "ce", ..] => "cross-entropy",
        [_, "logistic", ..] => "logistic",
        _ => "mse",
    };

    private static void Agrees(IEnumerable<SeriesPoint> ours, double[] theirs, long at, int steps, double relative, string name)
    {
        var pairs = ours.Where(point => point.Step >= at).Zip(theirs).Take(steps + 1).ToArray();
        Assert.Equal(Math.Min(steps + 1, theirs.Length), pairs.Length);
        var worst = pairs.Max(pair => Math.Abs(pair.First.Value - pair.Second) / Math.Abs(pair.Second));
        TestContext.Current.TestOutputHelper!.WriteLine($"{name}, {steps} steps: {worst:g2}");
        Assert.True(worst <= relative, $"{name}: {worst:g3}");
    }

    private static Dictionary<string, double[]> Columns(string path)
    {
        var lines = File.ReadAllLines(path);
        var rows = lines.Skip(1)
            .Select(line => line.Split(',').Select(cell => double.Parse(cell, CultureInfo.InvariantCulture)).ToArray())
            .ToArray();
        return lines[0]
            .Split(',')
            .Index()
            .ToDictionary(pair => pair.Item, pair => rows.Select(row => row[pair.Index]).ToArray(), StringComparer.Ordinal);
    }
}
