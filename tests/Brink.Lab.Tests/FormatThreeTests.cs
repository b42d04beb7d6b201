using Brink.Reports;
using Brink.Runs;

namespace Brink.Lab.Tests;

/// <summary>Runs of format 3 (folder format3) can be opened, drawn and resumed.</summary>
public class FormatThreeTests
{
    [Theory]
    [InlineData("edge", EdgeSchema.Kind)]
    [InlineData("stopped", EdgeSchema.Kind)]
    [InlineData("solve", GameSchema.Comparison)]
    [InlineData("bnp", BnpSchema.Kind)]
    [InlineData("speed", SpeedSchema.Kind)]
    public void A_run_of_format_3_has_a_kind_and_is_intact(string name, string kind)
    {
        using var folder = new TemporaryFolder();
        var run = Unpacked(name, folder);
        Assert.Empty(RunVerification.Of(run).Faults);
        using var reader = RunReader.Open(run);
        Assert.Equal(kind, reader.Manifest().Kind);
        Assert.Equal(kind, RunReader.ManifestOf(run).Kind);
    }

    [Fact]
    public void An_edge_run_of_format_3_is_drawn_and_summarized()
    {
        using var folder = new TemporaryFolder();
        using var run = RunReader.Open(Unpacked("edge", folder));
        Assert.Contains("reached the edge of stability", Story.Of(run), StringComparison.Ordinal);
        var loss = Figures.Of(run).Single(figure => figure.Name == "loss");
        Assert.Equal(
            ["gradient descent", "gradient flow", "constrained trajectory", "predicted", "generalized prediction"],
            loss.Curves.Select(curve => curve.Label));
        Page.Write([run], folder.Path("page.html"));
        Assert.Contains("generalized prediction", File.ReadAllText(folder.Path("page.html")), StringComparison.Ordinal);
    }

    [Fact]
    public void The_arrows_of_a_field_of_format_3_are_converted_to_the_grid_and_its_unit_vectors()
    {
        using var folder = new TemporaryFolder();
        using var run = RunReader.Open(Unpacked("solve", folder));
        var field = run.Field();
        Assert.NotEmpty(field);
        Assert.All(field, one => Assert.Equal(1, Math.Sqrt((one.Along.X * one.Along.X) + (one.Along.Y * one.Along.Y)), 1e-12));
        // Fifteen evenly spaced points in each direction.
        var xs = field.Select(one => Math.Round(one.At.X, 9)).Distinct().Order().ToArray();
        Assert.Equal(15, xs.Length);
        Assert.All(xs.Skip(1).Zip(xs, (a, b) => a - b), gap => Assert.Equal(xs[1] - xs[0], gap, 1e-8));
        Assert.Contains(Figures.Of(run), figure => figure.Name == "games_trajectories");
    }

    [Theory]
    [InlineData("stopped", "edge")]
    [InlineData("speed", null)]
    [InlineData("bnp", null)]
    public void A_run_of_format_3_is_resumed_from_its_checkpoint_to_its_end(string name, string? whole)
    {
        using var folder = new TemporaryFolder();
        var run = Unpacked(name, folder);
        SetVersion(run);
        using var scope = NewDisposeScope();
        using (var resumption = Resumption.Of(run))
        {
            Assert.Empty(resumption.DamagedParts);
            Assert.NotNull(resumption.From);
            Assert.Equal(RunStatus.Completed, resumption.Continue(null, null, default).Status);
        }
        using var ended = RunReader.Open(run);
        Assert.NotEmpty(Figures.Of(ended));
        if (whole is null) return;
        // The reference was written by the version with format 3; another machine may differ in the last bits.
        using var expected = RunReader.Open(Unpacked(whole, folder));
        Assert.Equal(expected.Series().OrderBy(Text), ended.Series().OrderBy(Text));
        foreach (var key in expected.Series())
        {
            foreach (var (there, here) in expected.Points(key).Zip(ended.Points(key)))
            {
                Assert.Equal(there.Step, here.Step);
                if (double.IsFinite(there.Value)) Assert.Equal(there.Value, here.Value, 1e-6 * Math.Max(1, Math.Abs(there.Value)));
            }
        }

        static string Text(SeriesKey key) => $"{key.Process} {key.Name}";
    }

    [Fact]
    public void A_checkpoint_of_another_program_is_refused_in_any_format()
    {
        using var folder = new TemporaryFolder();
        var error = Assert.Throws<ExperimentException>(() => Resumption.Of(Unpacked("stopped", folder)));
        Assert.Contains("written with commit", error.Message, StringComparison.Ordinal);
    }

    private static string Unpacked(string name, TemporaryFolder folder) =>
        RunArchive.Read(Path.Combine(AppContext.BaseDirectory, "format3", $"{name}.zip"), folder.Path(""), null);

    /// <summary>Replaces the version in the checkpoints of a run by that of this program, which refuses other versions.</summary>
    private static void SetVersion(string run)
    {
        foreach (var file in CheckpointFiles.All(run))
        {
            var (tensors, words) = Brink.Zoo.Formats.Safetensors.Read(file);
            using var scope = NewDisposeScope();
            var mark = RunMark.FromJson(words["mark"]);
            var manifest = mark.Manifest.ToDictionary(StringComparer.Ordinal);
            foreach (var (key, value) in RunJournal.Program) manifest[key] = System.Text.Json.JsonSerializer.Serialize(value);
            File.Delete(file);
            var metadata = new Dictionary<string, string>(words, StringComparer.Ordinal)
            {
                ["mark"] = (mark with { Manifest = manifest }).ToJson(),
                ["checksum"] = CheckpointFiles.NoChecksum,
            };
            CheckpointFiles.Add(run, to => Brink.Zoo.Formats.Safetensors.Write(to, tensors, metadata));
        }
    }
}
