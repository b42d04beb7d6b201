using System.Text.RegularExpressions;

namespace Brink.Cli.Tests;

/// <summary>brink figure and brink report, of one run and of several.</summary>
public class FigureTests
{
    [Fact]
    public void Figures_of_runs_are_listed_drawn_and_laid_over_each_other()
    {
        using var brink = new BrinkProgram();
        foreach (var (name, rate) in new[] { ("a", "0.06"), ("b", "0.05") })
            Assert.Equal(0, brink.Run(
                "run", "smoke", "--set", "tracking.steps=20", "--set", $"learning_rate={rate}", "--out", $"runs/{name}").Code);
        Lists(brink);
        DrawsOne(brink);
        DrawsSeveral(brink);
        Refuses(brink);
        Compares(brink);
    }

    [Theory]
    [InlineData("main: is a figure; name a run before it, as in 'brink figure RUN main'", "main")]
    [InlineData("nothing: no such run", "nothing")]
    [InlineData("nothing: no such run", "nothing", "main")]
    [InlineData(
        "--legend midle: no such choice; expected one of below, right, top-left, top-right, bottom-left, bottom-right, none",
        "a", "main", "--legend", "midle")]
    [InlineData("--palette virids: no such choice; did you mean 'viridis'?", "a", "main", "--palette", "virids")]
    [InlineData(
        "--size: '6x4ft' is not a size; write WIDTHxHEIGHT with px, in, cm, mm or pt, such as 6x4in or 800x500",
        "a", "main", "--size", "6x4ft")]
    [InlineData("--x-range: '9:1' is not a range", "a", "main", "--x-range", "9:1")]
    [InlineData("--font-size 100: it must be from 3 to 60", "a", "main", "--font-size", "100")]
    public void Wrong_input_gets_one_line_and_code_2(string message, params string[] arguments)
    {
        using var brink = new BrinkProgram();
        var result = brink.Run(["figure", .. arguments]);
        Assert.Contains(message, result.ErrorLine, StringComparison.Ordinal);
        Assert.Equal((2, ""), (result.Code, result.Output));
    }

    private static void Lists(BrinkProgram brink)
    {
        var text = brink.Run("figure", "a");
        Assert.Equal((0, ""), (text.Code, text.Error));
        Assert.Matches(@"(?m)^main +yes +loss, sharpness, distance, x$", text.Output);
        Assert.Matches(@"(?m)^sharpness +yes +Sharpness$", text.Output);
        Assert.Matches(@"(?m)^directions +no", text.Output);
        var figures =
            brink.Run("figure", "a", "b", "--json").Json.EnumerateArray().ToDictionary(figure => figure.GetProperty("name").GetString()!);
        Assert.True(figures["loss"].GetProperty("has_data").GetBoolean());
        Assert.Equal("Loss", figures["loss"].GetProperty("title").GetString());
        Assert.Equal(
            ["loss", "sharpness", "distance", "x"],
            figures["main"].GetProperty("panels").EnumerateArray().Select(panel => panel.GetString()));
        Assert.False(figures["directions"].GetProperty("has_data").GetBoolean());
    }

    private static void DrawsOne(BrinkProgram brink)
    {
        Assert.Equal(Path.Combine("runs", "a", "loss.svg") + "\n", brink.Run("figure", "a", "loss").Output);
        var main = brink.Run(
            "figure", "a", "main", "--json", "--out", "main.pdf", "--size", "16x12cm", "--font-size", "7",
            "--palette", "grey", "--title", "none");
        Assert.Equal((0, ""), (main.Code, main.Error));
        Assert.Equal(brink.Path("main.pdf"), main.Json.GetProperty("figure").GetString());
        Assert.Equal("%PDF-", File.ReadAllText(brink.Path("main.pdf"))[..5]);
        Assert.Contains("already exists", brink.Run("figure", "a", "main", "--out", "main.pdf").ErrorLine, StringComparison.Ordinal);

        Assert.Equal(0, brink.Run(
            "figure", "a", "loss", "--out", "own.svg", "--title", "Training",
            "--x-label", "iteration", "--y-label", "L", "--y-scale", "linear", "--x-range", "0:10").Code);
        var svg = File.ReadAllText(brink.Path("own.svg"));
        foreach (var text in new[] { "Training", "iteration", "L" }) Assert.Contains(text, Texts(svg));
        Assert.DoesNotContain("step", Texts(svg));
    }

    private static void DrawsSeveral(BrinkProgram brink)
    {
        var both = brink.Run("figure", "a", "b", "sharpness");
        Assert.Equal((0, "sharpness.svg\n"), (both.Code, both.Output));
        var svg = File.ReadAllText(brink.Path("sharpness.svg"));
        foreach (var text in new[] { "η = 0.06", "η = 0.05", "gradient flow", "2/η" }) Assert.Contains(text, Texts(svg));
        Assert.Contains("already exists", brink.Run("figure", "a", "b", "sharpness").ErrorLine, StringComparison.Ordinal);

        Assert.Equal(0, brink.Run(
            "figure", "a", "b", "sharpness", "--force",
            "--labels", "fast, slow", "--curves", "gradient descent", "--legend", "right").Code);
        svg = File.ReadAllText(brink.Path("sharpness.svg"));
        foreach (var text in new[] { "fast", "slow" }) Assert.Contains(text, Texts(svg));
        Assert.DoesNotContain("gradient flow", Texts(svg));

        Assert.Equal(0, brink.Run("figure", "a", "b", "main", "--out", "main.svg").Code);
        svg = File.ReadAllText(brink.Path("main.svg"));
        foreach (var title in new[] { "Loss", "Sharpness", "Distance to the constrained trajectory", "Displacement along u" })
            Assert.Contains(title, Texts(svg));
    }

    private static void Refuses(BrinkProgram brink)
    {
        foreach (var (message, arguments) in new (string, string[])[]
        {
            ("sharpnes: no such figure; did you mean 'sharpness'?", ["a", "sharpnes"]),
            ("x_2: no such figure", ["a", "b", "x_2"]),
            ("directions: the run a has no data for this figure (status completed)", ["a", "b", "directions"]),
            ("--labels: 3 labels for 2 runs", ["a", "b", "loss", "--labels", "x,y,z"]),
            ("--curves gradient dscent: no such curve; did you mean 'gradient descent'?", ["a", "loss", "--curves", "gradient dscent"]),
            ("--y-label: the figure has 4 panels (loss, sharpness, distance, x); draw one of them", ["a", "main", "--y-label", "value"]),
            ("figures are written as .svg, .png or .pdf", ["a", "loss", "--out", "loss.gif"]),
        })
        {
            var result = brink.Run(["figure", .. arguments]);
            Assert.Contains(message, result.ErrorLine, StringComparison.Ordinal);
            Assert.Equal((2, ""), (result.Code, result.Output));
        }
    }

    private static void Compares(BrinkProgram brink)
    {
        var report = brink.Run("report", "a", "b", "--out", "compared.html", "--json");
        Assert.Equal((0, ""), (report.Code, report.Error));
        var page = System.Net.WebUtility.HtmlDecode(File.ReadAllText(report.Json.GetProperty("page").GetString()!));
        Assert.Contains("2 runs", page, StringComparison.Ordinal);
        Assert.Contains("<td>learning rate</td><td>0.06</td><td>0.05</td>", page, StringComparison.Ordinal);
    }

    private static string[] Texts(string svg) =>
    [
        .. Regex.Matches(svg, "<text[^>]*>([^<]*)</text>")
            .Select(match => System.Net.WebUtility.HtmlDecode(match.Groups[1].Value).Trim()),
    ];
}
