using Brink.Reports;

namespace Brink.Browser.Tests;

/// <summary>A page of every kind of run, in headless Chromium: wide in either colour scheme, and narrow.</summary>
public sealed class PageTests(MadePages pages, Chromium chromium)
{
    public static TheoryData<string> Names => [.. MadePages.Names];

    [Fact]
    public void Every_kind_of_study_has_a_page() =>
        Assert.Empty(StudyReports.Standard.All.Select(report => report.Kind).Except(pages.Kinds, StringComparer.Ordinal));

    [Theory, MemberData(nameof(Names))]
    public async Task A_page_is_drawn_without_faults_in_every_view(string name)
    {
        var faults = await Task.WhenAll(View.All.Select(view => Faults(name, view)));
        Assert.Empty(faults.SelectMany(fault => fault));
    }

    private async Task<IReadOnlyList<string>> Faults(string name, View view)
    {
        await using var open = await chromium.Open(pages[name], view);
        var faults = new List<string>();
        foreach (var check in new[] { "overflowing()", "badCharts()", "unnamed()", "pale()", "moving()", "withValues()" })
            faults.AddRange(await open.Check(check));
        await open.Page.ScreenshotAsync(new() { FullPage = true, Path = Path.Combine(MadePages.Screenshots, $"{name}-{view.Name}.png") });
        faults.AddRange(open.Faults);
        return [.. faults.Select(fault => $"{view.Name}: {fault}")];
    }
}
