using System.Globalization;
using Brink.Reports;
using Brink.Runs;
using Microsoft.AspNetCore.Http;

namespace Brink.Web;

/// <summary>A figure of one or several runs: its points between two steps, or an image.</summary>
internal static class FigureAnswer
{
    public static IResult Data(IReadOnlyList<string> folders, string name, StepRange range) => With(folders, runs =>
        Figures.Between(runs, name, range) is [var figure, ..]
            ? Results.Json(FigureData.Of("", figure), PageSection.Json)
            : throw new RunStoreException($"{name}: no such figure"));

    public static IResult Image(IReadOnlyList<string> folders, string name, string format, FigureLook look) => With(folders, runs =>
    {
        var hidden = (look.Hide ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries).ToHashSet(StringComparer.Ordinal);
        var figures = Figures.Named([.. Figures.Chapters(runs).SelectMany(chapter => chapter.Figures)], name);
        if (figures.Count == 0) throw new RunStoreException($"{name}: no such figure");
        Figure[] drawn =
        [
            .. figures.Select(figure => figure with
            {
                Log = look.Log ?? figure.Log,
                Curves = [.. figure.Curves.Where((_, i) => !hidden.Contains(i.ToString(CultureInfo.InvariantCulture)))],
                Legend = hidden.Count > 0 ? null : figure.Legend,
            }),
        ];
        using var stream = new MemoryStream();
        var range = look.From is { } from && look.To is { } to ? new AxisRange(from, to) : null;
        FigureImage.Write(drawn, stream, format, new() { X = range });
        return Results.File(stream.ToArray(), format == ".svg" ? "image/svg+xml" : "image/png", name + format);
    });

    private static IResult With(IReadOnlyList<string> folders, Func<ComparedRuns, IResult> answer)
    {
        using var opened = new OpenedRuns(folders);
        return answer(new ComparedRuns(opened.Readers));
    }
}

/// <summary>What an image shows of a figure.</summary>
/// <param name="From">First step.</param>
/// <param name="To">Last step.</param>
/// <param name="Log">True for a logarithmic axis of the values; null for that of the figure.</param>
/// <param name="Hide">Numbers of the curves that are not drawn, separated by commas.</param>
internal sealed record FigureLook(double? From, double? To, bool? Log, string? Hide);
