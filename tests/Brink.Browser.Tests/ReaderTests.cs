using Microsoft.Playwright;

namespace Brink.Browser.Tests;

/// <summary>A reader of a page: pointer, keyboard, a window that changes its width, a system that changes its colours.</summary>
public sealed class ReaderTests(MadePages pages, Chromium chromium)
{
    [Theory]
    [InlineData("edge", "loss")]
    [InlineData("landscape-diverged", "path")]
    public async Task A_legend_shows_values_only_while_the_pointer_is_in_its_chart(string name, string figure)
    {
        await using var open = await chromium.Open(pages[name], View.Light);
        var panel = Panel(open, figure);
        Assert.Empty(await open.Check("withValues()"));
        Assert.DoesNotContain("--", await panel.Locator(".legend").InnerTextAsync(), StringComparison.Ordinal);
        await panel.ScrollIntoViewIfNeededAsync();
        await panel.Locator(".u-over").HoverAsync();
        await open.Painted();
        // Charts over steps move their cursors together; the values are those of one.
        Assert.Equal([figure], await open.Check("withValues()"));
        await panel.Locator("h3").HoverAsync();
        await open.Painted();
        Assert.Empty(await open.Check("withValues()"));
        Assert.Empty(open.Faults);
    }

    [Fact]
    public async Task The_tab_key_reaches_every_chart_and_every_button_and_shows_where_it_is()
    {
        await using var open = await chromium.Open(pages["edge"], View.Light);
        var expected = await open.Page.EvaluateAsync<int>("document.querySelectorAll('.chart, button, select, summary, .skip').length");
        Assert.InRange(expected, 30, 1000);
        await open.Page.EvaluateAsync("window.reached = new Set()");
        var unmarked = new List<string>();
        for (var i = 0; i < expected; i++)
        {
            await open.Page.Keyboard.PressAsync("Tab");
            var outline = await open.Page.EvaluateAsync<string>(
                "() => { const one = document.activeElement; reached.add(one);"
                    + " return getComputedStyle(one).outlineStyle + ' ' + one.localName; }");
            if (outline.StartsWith("none", StringComparison.Ordinal)) unmarked.Add(outline);
        }
        Assert.Empty(unmarked);
        Assert.Equal(
            expected,
            await open.Page.EvaluateAsync<int>(
                "[...document.querySelectorAll('.chart, button, select, summary, .skip')].filter(one => reached.has(one)).length"));
        Assert.Empty(open.Faults);
    }

    [Theory]
    [InlineData("edge", "sharpness")]
    [InlineData("edge", "stages_plane")]
    public async Task The_arrow_keys_move_the_cursor_of_a_chart_and_show_its_values(string name, string figure)
    {
        await using var open = await chromium.Open(pages[name], View.Light);
        var panel = Panel(open, figure);
        await panel.Locator(".chart").FocusAsync();
        Assert.Empty(await open.Check("withValues()"));
        var seen = new List<string>();
        foreach (var key in new[] { "ArrowRight", "ArrowRight", "Shift+ArrowRight", "PageDown", "End" })
        {
            await open.Page.Keyboard.PressAsync(key);
            Assert.Equal([figure], await open.Check("withValues()"));
            seen.Add(await panel.Locator(".legend").InnerTextAsync());
            Assert.Contains(", ", await panel.Locator(".spoken").TextContentAsync() ?? "", StringComparison.Ordinal);
        }
        Assert.Equal(seen.Count, seen.Distinct(StringComparer.Ordinal).Count());
        await open.Page.Keyboard.PressAsync("ArrowLeft");
        Assert.NotEqual(seen[^1], await panel.Locator(".legend").InnerTextAsync());
        await open.Page.Keyboard.PressAsync("Escape");
        Assert.Empty(await open.Check("withValues()"));
        await open.Page.Keyboard.PressAsync("Home");
        await open.Page.Keyboard.PressAsync("Tab");
        Assert.Empty(await open.Check("withValues()"));
        Assert.Empty(open.Faults);
    }

    [Fact]
    public async Task Enter_and_space_hide_and_show_a_curve_and_change_the_axis()
    {
        await using var open = await chromium.Open(pages["edge"], View.Light);
        var panel = Panel(open, "loss");
        var name = panel.Locator(".legend button").First;
        await name.FocusAsync();
        await open.Page.Keyboard.PressAsync("Enter");
        Assert.Equal("false", await name.GetAttributeAsync("aria-pressed"));
        Assert.False(await IsShown(open, "loss"));
        var log = panel.GetByRole(AriaRole.Button, new() { Name = "log", Exact = true });
        Assert.Equal("true", await log.GetAttributeAsync("aria-pressed"));
        await log.FocusAsync();
        await open.Page.Keyboard.PressAsync("Space");
        Assert.Equal("false", await log.GetAttributeAsync("aria-pressed"));
        // A new axis leaves hidden what was hidden.
        Assert.False(await IsShown(open, "loss"));
        await name.FocusAsync();
        await open.Page.Keyboard.PressAsync("Space");
        Assert.Equal("true", await name.GetAttributeAsync("aria-pressed"));
        Assert.True(await IsShown(open, "loss"));
        Assert.Empty(await open.Check("badCharts()"));
        Assert.Empty(open.Faults);
    }

    [Fact]
    public async Task A_zoom_is_ended_by_its_button()
    {
        await using var open = await chromium.Open(pages["edge"], View.Light);
        var panel = Panel(open, "loss");
        await panel.ScrollIntoViewIfNeededAsync();
        var box = (await panel.Locator(".u-over").BoundingBoxAsync())!;
        await open.Page.Mouse.MoveAsync(box.X + (box.Width * 0.3f), box.Y + (box.Height / 2));
        await open.Page.Mouse.DownAsync();
        await open.Page.Mouse.MoveAsync(box.X + (box.Width * 0.5f), box.Y + (box.Height / 2), new() { Steps = 5 });
        await open.Page.Mouse.UpAsync();
        await open.Painted();
        const string width = "(() => { const { chart } = drawn.find(one => one.figure.name === 'loss');"
            + " return chart.scales.x.max - chart.scales.x.min; })()";
        var zoomed = await open.Page.EvaluateAsync<double>(width);
        await panel.GetByRole(AriaRole.Button, new() { Name = "all steps" }).PressAsync("Enter");
        await open.Painted();
        Assert.InRange(zoomed / await open.Page.EvaluateAsync<double>(width), 0.01, 0.5);
        Assert.Empty(open.Faults);
    }

    [Fact]
    public async Task Charts_follow_the_system_to_its_other_colours_and_the_window_to_another_width()
    {
        await using var open = await chromium.Open(pages["landscape"], View.Light);
        const string pictures = "drawn.map(one => one.panel.querySelector('canvas').toDataURL())";
        var light = await open.Page.EvaluateAsync<string[]>(pictures);
        await open.Page.EmulateMediaAsync(new() { ColorScheme = ColorScheme.Dark });
        await open.Painted();
        var dark = await open.Page.EvaluateAsync<string[]>(pictures);
        Assert.All(light.Zip(dark), pair => Assert.NotEqual(pair.First, pair.Second));
        Assert.Empty(await open.Check("badCharts()"));
        Assert.Empty(await open.Check("pale()"));
        await open.Page.SetViewportSizeAsync(400, 900);
        await open.Painted();
        Assert.Empty(await open.Check("overflowing()"));
        Assert.Empty(await open.Check("badCharts()"));
        Assert.True(await open.Page.EvaluateAsync<bool>("drawn.every(one => one.chart.width < 400)"));
        Assert.Empty(open.Faults);
    }

    [Fact]
    public async Task Values_over_all_magnitudes_have_ticks_and_what_is_not_finite_is_counted()
    {
        await using var open = await chromium.Open(pages["magnitudes"], View.Light);
        Assert.Empty(await open.Check("badCharts()"));
        var panel = Panel(open, "stages_x");
        Assert.Contains("3 non-finite points are not shown", await panel.Locator("figcaption").InnerTextAsync(), StringComparison.Ordinal);
        var labels = await open.Page.EvaluateAsync<string[]>("drawn.find(one => one.figure.name === 'stages_x').chart.axes[1]._values");
        Assert.InRange(labels.Length, 4, 15);
        Assert.Contains("1e-200", labels);
        Assert.Contains("1e200", labels);
        // With either axis.
        foreach (var log in await open.Page.GetByRole(AriaRole.Button, new() { Name = "log", Exact = true }).AllAsync())
            await log.PressAsync("Enter");
        await open.Painted();
        Assert.Empty(await open.Check("badCharts()"));
        Assert.Empty(open.Faults);
    }

    private static async Task<bool> IsShown(OpenPage open, string figure) =>
        await open.Page.EvaluateAsync<bool>($"drawn.find(one => one.figure.name === '{figure}').chart.series[1].show");

    private static ILocator Panel(OpenPage open, string figure) => open.Page.Locator($".panel[data-figure='{figure}']");
}
