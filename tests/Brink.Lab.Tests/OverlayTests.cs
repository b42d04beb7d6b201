using System.Text.Json;
using System.Text.RegularExpressions;
using Brink.Reports;
using Brink.Runs;

namespace Brink.Lab.Tests;

/// <summary>Runs that are compared: their labels, their figures laid over each other, and their page.</summary>
public class OverlayTests
{
    private static readonly Experiment Base = Experiment.Small;

    [Fact]
    public void Runs_are_named_by_the_settings_in_which_they_differ()
    {
        using var folder = new TemporaryFolder();
        Write(folder.Path("a"), Base);
        Write(folder.Path("b"), Base with { LearningRate = 0.02 });
        Write(folder.Path("c"), Base with { LearningRate = 0.02, Data = Base.Data with { Samples = 50 } });
        Write(folder.Path("d"), Base with { LearningRate = 0.01, Data = Base.Data with { Samples = 60, Classes = [0, 1, 2] } });
        Assert.Equal(["η = 0.06", "η = 0.02"], Labels("a", "b"));
        Assert.Equal(["samples = 100, η = 0.06", "samples = 100, η = 0.02", "samples = 50, η = 0.02"], Labels("a", "b", "c"));
        // Three settings are too many for a label, and none is no label.
        Assert.Equal(["a", "d"], Labels("a", "d"));
        Assert.Equal(["1: a", "2: a"], Labels("a", "a"));

        IReadOnlyList<string> Labels(params string[] names) => Read(folder, names, RunLabels.Of);
    }

    [Fact]
    public void Lists_and_nested_settings_are_compared_as_they_are_saved()
    {
        using var folder = new TemporaryFolder();
        Write(folder.Path("a"), Base);
        Write(folder.Path("b"), Base with { Data = Base.Data with { Classes = [2, 7] }, Tracking = Base.Tracking with { Steps = 20 } });
        var settings = Read(folder, ["a", "b"], runs => new ComparedRuns(runs).Settings());
        Assert.Equal(["settings that differ", "classes = 0, 1, steps = 150", "classes = 2, 7, steps = 20"], settings.Head);
        Assert.Equal([["data.classes", "0, 1", "2, 7"], ["tracking.steps", "150", "20"]], settings.Rows);
    }

    [Fact]
    public void One_curve_a_run_is_named_by_the_run_and_has_its_colour()
    {
        using var folder = new TemporaryFolder();
        WriteThree(folder);
        var figure = Overlaid(folder, "x");
        Assert.Equal(["η = 0.06", "η = 0.02", "η = 0.01"], figure.Curves.Select(curve => curve.Label));
        Assert.Equal([Palette.Nth(0), Palette.Nth(1), Palette.Nth(2)], figure.Curves.Select(curve => curve.Colour));
        Assert.All(figure.Curves, curve => Assert.Equal(Dash.Solid, curve.Dash));
        Assert.Equal(figure.Curves.Select(curve => curve.Label), figure.Legend!.Select(entry => entry.Label));
        // The level is the same in all runs.
        Assert.Equal(0, figure.Level!.Value);
    }

    [Fact]
    public void Several_curves_a_run_have_its_colour_and_a_dash_each()
    {
        using var folder = new TemporaryFolder();
        WriteThree(folder);
        var figure = Overlaid(folder, "loss");
        Assert.Equal(6, figure.Curves.Count);
        Assert.Equal("η = 0.02: constrained trajectory", figure.Curves[3].Label);
        Assert.Equal(
            [Dash.Solid, Dash.Dashed, Dash.Solid, Dash.Dashed, Dash.Solid, Dash.Dashed], figure.Curves.Select(curve => curve.Dash));
        Assert.Equal(figure.Curves[2].Colour, figure.Curves[3].Colour);
        Assert.Equal(3, figure.Curves.Select(curve => curve.Colour).Distinct().Count());
        Assert.Equal(
            ["η = 0.06", "η = 0.02", "η = 0.01", "gradient descent", "constrained trajectory"],
            figure.Legend!.Select(entry => entry.Label));
        Assert.Equal([Dash.Solid, Dash.Dashed], figure.Legend!.Skip(3).Select(entry => entry.Dash));
        Assert.Equal(new StepRange(60, 140), figure.Steps);
    }

    [Fact]
    public void Each_threshold_is_a_dotted_line_in_the_colour_of_its_run()
    {
        using var folder = new TemporaryFolder();
        WriteThree(folder);
        var figure = Overlaid(folder, "sharpness");
        Assert.Null(figure.Level);
        var levels = figure.Curves.Where(curve => curve.Dash == Dash.Dotted).ToArray();
        Assert.Equal([2 / 0.06, 2 / 0.02, 2 / 0.01], levels.Select(level => level.Y[0]));
        Assert.Equal([Palette.Nth(0), Palette.Nth(1), Palette.Nth(2)], levels.Select(level => level.Colour));
        Assert.All(levels, level => Assert.Equal((60.0, 140.0), (level.X[0], level.X[^1])));
        Assert.Contains("2/η", figure.Legend!.Select(entry => entry.Label));
    }

    [Fact]
    public void A_curve_has_one_dash_in_every_panel()
    {
        using var folder = new TemporaryFolder();
        WriteThree(folder);
        var dashes = Read(folder, ["a", "b", "c"], runs => Figures.Chapters(new ComparedRuns(runs)))
            .SelectMany(chapter => chapter.Figures).Where(figure => figure.Name is "loss" or "sharpness")
            .SelectMany(figure => figure.Legend!).Where(entry => entry.Label == "constrained trajectory").Select(entry => entry.Dash);
        Assert.Equal([Dash.Dashed, Dash.Dashed], dashes);
    }

    [Fact]
    public void A_figure_file_shows_every_curve_and_names_every_run_once()
    {
        using var folder = new TemporaryFolder();
        WriteThree(folder);
        FigureImage.Write([Overlaid(folder, "loss")], folder.Path("loss.svg"));
        var svg = File.ReadAllText(folder.Path("loss.svg"));
        foreach (var i in new[] { 0, 1, 2 })
        {
            // The solid curve and an entry of the legend; the dashed curve, as the outline of its dashes.
            Assert.Equal(2, Count(svg, $"stroke=\"{Palette.Nth(i)}\""));
            Assert.Equal(1, Count(svg, $"<path fill=\"{Palette.Nth(i)}\""));
        }
        foreach (var label in new[] { "η = 0.06", "η = 0.02", "η = 0.01", "gradient descent", "constrained trajectory", "Loss", "step" })
            Assert.Single(Texts(svg), label);
    }

    [Fact]
    public void Panels_have_one_legend_below_all_of_them()
    {
        using var folder = new TemporaryFolder();
        WriteThree(folder);
        FigureImage.Write([Overlaid(folder, "loss"), Overlaid(folder, "sharpness"), Overlaid(folder, "x")], folder.Path("three.svg"));
        var texts = Texts(File.ReadAllText(folder.Path("three.svg")));
        foreach (var label in new[] { "η = 0.06", "η = 0.02", "η = 0.01", "gradient descent", "constrained trajectory", "2/η" })
            Assert.Single(texts, label);
        Assert.Equal(3, texts.Count(text => text == "step"));
    }

    [Theory]
    [InlineData("okabe-ito", "#000000", "#E69F00", "#56B4E9")]
    [InlineData("tol-bright", "#4477AA", "#EE6677", "#228833")]
    [InlineData("viridis", "#440154", "#2A788E", "#7CD14F")]
    [InlineData("grey", "#000000", "#5A5A5A", "#B4B4B4")]
    public void A_palette_gives_every_run_a_colour_of_its_own(string name, params string[] colours)
    {
        using var folder = new TemporaryFolder();
        WriteThree(folder);
        var scheme = ColourScheme.All.Single(scheme => scheme.Name == name);
        var figures = scheme.Applied([Overlaid(folder, "loss"), Overlaid(folder, "x")]);
        Assert.All(figures, figure => Assert.Equal(colours, figure.Curves.Select(curve => curve.Colour).Distinct()));
        Assert.Equal(colours, figures[0].Legend!.Take(3).Select(entry => entry.Colour));
        // In grey, curves that are all solid otherwise differ by their dashes as well.
        Assert.Equal(name == "grey" ? 3 : 1, figures[1].Curves.Select(curve => curve.Dash).Distinct().Count());
    }

    [Theory]
    [InlineData("6x4in", 576, 384, 1800, 1200)]
    [InlineData("800x500", 800, 500, 800, 500)]
    [InlineData("12.7x10.16cm", 480, 384, 1500, 1200)]
    [InlineData("127x101.6mm", 480, 384, 1500, 1200)]
    [InlineData("360x288pt", 480, 384, 1500, 1200)]
    public void A_size_is_that_of_the_drawing_and_has_300_pixels_an_inch_in_print(
        string text, double width, double height, int columns, int rows)
    {
        using var folder = new TemporaryFolder();
        WriteThree(folder);
        var style = new FigureStyle { Size = FigureSize.Parse(text) };
        Assert.Equal(width, style.Size.Width, 1e-9);
        Assert.Equal(height, style.Size.Height, 1e-9);
        FigureImage.Write([Overlaid(folder, "loss")], folder.Path("loss.png"), style);
        var header = File.ReadAllBytes(folder.Path("loss.png"))[16..24];
        Assert.Equal((columns, rows), (BigEndian(header[..4]), BigEndian(header[4..])));
        FigureImage.Write([Overlaid(folder, "loss")], folder.Path("loss.svg"), style);
        Assert.Matches($"<svg [^>]*width=\"{width}\" height=\"{height}\"", File.ReadAllText(folder.Path("loss.svg")));

        static int BigEndian(byte[] bytes) => System.Buffers.Binary.BinaryPrimitives.ReadInt32BigEndian(bytes);
    }

    [Theory]
    [InlineData("6in")]
    [InlineData("6x4ft")]
    [InlineData("axb")]
    [InlineData("6x4")]
    [InlineData("-600x400")]
    [InlineData("60x40in")]
    public void What_is_not_a_size_is_refused(string text) => Assert.Throws<FormatException>(() => FigureSize.Parse(text));

    [Theory]
    [InlineData("100:400", 100.0, 400.0)]
    [InlineData("-1e-3:", -1e-3, null)]
    [InlineData(":5", null, 5.0)]
    public void A_range_may_be_open(string text, double? from, double? to) => Assert.Equal(new AxisRange(from, to), AxisRange.Parse(text));

    [Theory]
    [InlineData("100")]
    [InlineData(":")]
    [InlineData("5:1")]
    [InlineData("nan:1")]
    [InlineData("a:b")]
    public void What_is_not_a_range_is_refused(string text) => Assert.Throws<FormatException>(() => AxisRange.Parse(text));

    [Fact]
    public void A_figure_without_a_legend_names_no_curve()
    {
        using var folder = new TemporaryFolder();
        WriteThree(folder);
        foreach (var place in Enum.GetValues<LegendPlace>())
        {
            FigureImage.Write([Overlaid(folder, "loss")], folder.Path("loss.svg"), new() { Legend = place });
            Assert.Equal(place != LegendPlace.None, Texts(File.ReadAllText(folder.Path("loss.svg"))).Contains("η = 0.06"));
        }
    }

    [Fact]
    public void A_document_is_one_page_of_vectors_with_its_font()
    {
        using var folder = new TemporaryFolder();
        WriteThree(folder);
        FigureImage.Write([Overlaid(folder, "loss")], folder.Path("loss.pdf"), new() { Size = FigureSize.Parse("6x4in") });
        var pdf = System.Text.Encoding.Latin1.GetString(File.ReadAllBytes(folder.Path("loss.pdf")));
        Assert.StartsWith("%PDF-", pdf, StringComparison.Ordinal);
        Assert.Contains("/MediaBox [0 0 432 288]", pdf, StringComparison.Ordinal);
        Assert.Contains("/FontFile2", pdf, StringComparison.Ordinal);
        Assert.DoesNotContain("/Subtype /Image", pdf, StringComparison.Ordinal);
        Assert.Contains("DejaVuSans", pdf, StringComparison.Ordinal);
    }

    [Fact]
    public void The_page_of_several_runs_has_a_section_for_each_kind()
    {
        using var folder = new TemporaryFolder();
        WriteThree(folder);
        using (var writer = RunWriter.Create(folder.Path("other")))
        {
            writer.Set(RunSchema.Kind, "other");
            writer.Add("walk", "position", 0, 1);
            writer.Commit();
        }
        var page = Read(folder, ["a", "other", "b", "c"], runs =>
        {
            Page.Write(runs, folder.Path("page.html"));
            return File.ReadAllText(folder.Path("page.html"));
        });
        Assert.Equal(2, Count(page, "<section "));
        Assert.Contains("3 runs", page, StringComparison.Ordinal);
        using var data = JsonDocument.Parse(page.Split("const runs = ")[1].Split(";</script>")[0]);
        Assert.Equal(2, data.RootElement.GetArrayLength());
        var loss = data.RootElement[0].GetProperty("figures").EnumerateArray()
            .Single(figure => figure.GetProperty("name").GetString() == "loss");
        Assert.Equal(6, loss.GetProperty("curves").GetArrayLength());
        Assert.Equal("dashed", loss.GetProperty("curves")[1].GetProperty("dash").GetString());
        // Headlines side by side, and the setting that differs.
        var text = System.Net.WebUtility.HtmlDecode(page);
        Assert.Matches("<td>2/η</td><td>33.333</td><td>100</td><td>200</td>", text);
        Assert.Matches("<td>learning rate</td><td>0.06</td><td>0.02</td><td>0.01</td>", text);
    }

    private static Figure Overlaid(TemporaryFolder folder, string name) => Read(folder, ["a", "b", "c"], runs =>
        Figures.Chapters(new ComparedRuns(runs)).SelectMany(chapter => chapter.Figures).Single(figure => figure.Name == name));

    private static T Read<T>(TemporaryFolder folder, string[] names, Func<IReadOnlyList<RunReader>, T> read)
    {
        RunReader[] runs = [.. names.Select(name => RunReader.Open(folder.Path(name)))];
        try
        {
            return read(runs);
        }
        finally
        {
            foreach (var run in runs) run.Dispose();
        }
    }

    private static string[] Texts(string svg) =>
    [
        .. Regex.Matches(svg, "<text[^>]*>([^<]*)</text>")
            .Select(match => System.Net.WebUtility.HtmlDecode(match.Groups[1].Value).Trim()),
    ];

    private static int Count(string text, string part) => Regex.Count(text, Regex.Escape(part), RegexOptions.IgnoreCase);

    /// <summary>Three runs that differ in their learning rate.</summary>
    private static void WriteThree(TemporaryFolder folder)
    {
        Write(folder.Path("a"), Base);
        Write(folder.Path("b"), Base with { LearningRate = 0.02 });
        Write(folder.Path("c"), Base with { LearningRate = 0.01 });
    }

    /// <summary>A run from step 0 to 140 that reached the edge at step 100, with formulas instead of measurements.</summary>
    private static void Write(string folder, Experiment experiment)
    {
        using var run = RunWriter.Create(folder);
        run.Set(RunSchema.Kind, EdgeSchema.Kind);
        run.Set(RunSchema.Experiment, StudyYaml.Write(experiment));
        run.Set(RunSchema.Threshold, experiment.Threshold);
        run.Set(EdgeSchema.InstabilityStep, 100L);
        run.Set(RunSchema.Status, "completed");
        for (var step = 0; step <= 140; step++)
        {
            run.Add("gd", "loss", step, Math.Exp(-step * experiment.LearningRate));
            if (step < 100) continue;
            run.Add("constrained", "loss", step, 0.9 * Math.Exp(-step * experiment.LearningRate));
            run.Add("constrained", "sharpness", step, experiment.Threshold);
            run.Add("gd", "sharpness", step, experiment.Threshold * (1 + (0.05 * Math.Sin(step / 5.0))));
            run.Add("gd", "x", step, (step % 2 == 0 ? 1 : -1) * experiment.LearningRate);
        }
        run.Commit();
    }
}
