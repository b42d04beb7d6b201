using System.Globalization;
using Brink.Lab.Tests;
using Brink.Reports;

namespace Brink.Browser.Tests;

/// <summary>The page of a sweep: two made ones, a grid and a random search.</summary>
public sealed class SweepPageTests(Chromium chromium)
{
    private static readonly string[] Widths = ["[8]", "[16]", "[32]"];

    [Fact]
    public async Task Every_point_of_a_grid_is_a_link_in_the_map_and_on_the_lines()
    {
        using var folder = new TemporaryFolder();
        Write(folder, Grid(folder));
        foreach (var view in View.All)
        {
            await using var open = await chromium.Open(folder.Path("page.html"), view);
            Assert.Empty(await open.Check("overflowing()"));
            Assert.Empty(await open.Check("pale()"));
            await open.Page.ScreenshotAsync(new() { FullPage = true, Path = Screenshot(view.Name) });
            // Twelve points, of which one has no page yet.
            Assert.Equal(11, await open.Page.Locator("[data-figure=map] svg a").CountAsync());
            Assert.Equal(12, await open.Page.Locator("[data-figure=map] svg rect").CountAsync());
            Assert.Equal(11, await open.Page.Locator("table a").CountAsync());
            Assert.Equal(3, await open.Page.Locator("[data-figure=lines] svg polyline").CountAsync());
            // The one that diverged, in both figures.
            Assert.Equal(2, await open.Page.Locator("svg .cross").CountAsync());
            Assert.Empty(open.Faults);
        }
    }

    [Fact]
    public async Task Result_and_axes_can_be_chosen()
    {
        using var folder = new TemporaryFolder();
        Write(folder, Grid(folder));
        await using var open = await chromium.Open(folder.Path("page.html"), View.Light);
        var first = await open.Page.Locator("[data-figure=map] svg a").First.GetAttributeAsync("href");
        Assert.Equal("0001/page.html", first);
        await open.Page.Locator(".choices select").Nth(1).SelectOptionAsync("1");
        await open.Page.Locator(".choices select").Nth(2).SelectOptionAsync("none");
        Assert.True(await open.Page.Locator("[data-figure=map]").IsHiddenAsync());
        Assert.Equal(1, await open.Page.Locator("[data-figure=lines] svg polyline").CountAsync());
        // The learning rate is then a choice of its own.
        await open.Page.Locator(".choices select").Nth(3).SelectOptionAsync("0.02");
        Assert.Equal(3, await open.Page.Locator("[data-figure=lines] svg circle").CountAsync());
        Assert.Equal("gd.loss over model.hidden", await Title("gd.loss"));
        await open.Page.Locator(".choices select").First.SelectOptionAsync("status");
        Assert.True(await open.Page.Locator("[data-figure=lines]").IsHiddenAsync());
        Assert.Empty(open.Faults);

        async Task<string?> Title(string result)
        {
            await open.Page.Locator(".choices select").First.SelectOptionAsync(result);
            return await open.Page.Locator("[data-figure=lines] h2").TextContentAsync();
        }
    }

    [Fact]
    public async Task A_random_search_is_drawn_at_its_places()
    {
        using var folder = new TemporaryFolder();
        var rows = Enumerable.Range(1, 30)
            .Select(i => Row(folder, i, [$"{0.001 * Math.Pow(1.2, i):g6}", $"{i * 7 % 30}"], "completed", i))
            .ToArray();
        Write(folder, new("search", [new("learning_rate", true), new("weight_decay", false)], rows));
        await using var open = await chromium.Open(folder.Path("page.html"), View.Light);
        await open.Page.ScreenshotAsync(new() { FullPage = true, Path = Screenshot("random") });
        Assert.Equal(30, await open.Page.Locator("[data-figure=map] svg a circle").CountAsync());
        var places = await open.Page.EvaluateAsync<double[]>(
            "[...document.querySelectorAll('[data-figure=map] a circle')].map(mark => Number(mark.getAttribute('cx')))");
        // Equal factors are equal distances.
        Assert.Equal(places[1] - places[0], places[29] - places[28], 0.01);
        Assert.Empty(open.Faults);
    }

    private static SweepTable Grid(TemporaryFolder folder)
    {
        var values = new[] { "0.01", "0.02", "0.04", "0.08" }.SelectMany(rate => Widths.Select(width => new[] { rate, width })).ToArray();
        return new(
            "grid <&>",
            [new("learning_rate", true), new("model.hidden", false)],
            [
                .. values.Select((own, i) => i switch
                {
                    11 => Row(folder, i + 1, own, "diverged", 1e12),
                    10 => Row(folder, i + 1, own, "waiting", null),
                    _ => Row(folder, i + 1, own, "completed", (2 / double.Parse(own[0], CultureInfo.InvariantCulture)) + i),
                }),
            ]);
    }

    private static SweepRow Row(TemporaryFolder folder, int index, string[] values, string status, double? result)
    {
        var run = folder.Path($"{index:d4}");
        Dictionary<string, double> results = new(StringComparer.Ordinal);
        if (result is { } sharpness)
        {
            Directory.CreateDirectory(run);
            File.WriteAllText(Path.Combine(run, "page.html"), "");
            (results["seconds"], results["gd.loss"], results["final_sharpness"]) = (1.5, 0.1 / index, sharpness);
        }
        return new(index, values, run, status, result is null ? "" : "5 tracked steps", results);
    }

    private static string Screenshot(string name) => Path.Combine(MadePages.Screenshots, $"sweep-{name}.png");

    private static void Write(TemporaryFolder folder, SweepTable table)
    {
        Directory.CreateDirectory(MadePages.Screenshots);
        SweepPage.Write(table, folder.Path("page.html"));
    }
}
