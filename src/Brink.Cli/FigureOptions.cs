using System.CommandLine;
using Brink.Lab;
using Brink.Reports;

namespace Brink.Cli;

/// <summary>Options for the look of a figure.</summary>
internal sealed class FigureOptions
{
    private const string None = "none";

    private static readonly Dictionary<string, LegendPlace> Places = new(StringComparer.Ordinal)
    {
        ["below"] = LegendPlace.Below,
        ["right"] = LegendPlace.Right,
        ["top-left"] = LegendPlace.TopLeft,
        ["top-right"] = LegendPlace.TopRight,
        ["bottom-left"] = LegendPlace.BottomLeft,
        ["bottom-right"] = LegendPlace.BottomRight,
        [None] = LegendPlace.None,
    };

    private readonly Option<string?>
        _size = new("--size")
        {
            Description = "WIDTHxHEIGHT with px, in, cm, mm or pt, such as 6x4in or 800x500; a PNG file has 300 pixels per inch, with px"
                + " exactly these pixels. Default: 640x440 a panel.",
        },
        _curves = new("--curves") { Description = "Draw these curves only: their labels, separated by commas." },
        _title = new("--title") { Description = $"Title of the figure; {None} for no title." },
        _xLabel = new("--x-label") { Description = "Label of the x axis." },
        _yLabel = new("--y-label") { Description = "Label of the y axis." },
        _xRange = new("--x-range") { Description = "Part of the x axis: FROM:TO, FROM: or :TO." },
        _yRange = new("--y-range") { Description = "Part of the y axis: FROM:TO, FROM: or :TO." },
        _yScale = new("--y-scale") { Description = "Scale of the y axis: linear or log. Default: that of the figure." };

    private readonly Option<double> _fontSize =
        UsualOption.Of("--font-size", "Size of the numbers on the axes, in points.", new FigureStyle().FontSize);

    private readonly Option<string>
        _legend = UsualOption.Of("--legend", $"Place of the legend: {string.Join(", ", Places.Keys)}.", "below"),
        _palette = UsualOption.Of(
            "--palette",
            "Colours, which colour-blind readers can distinguish:"
                + $" {string.Join(", ", ColourScheme.All.Select(scheme => scheme.Name))}.",
            ColourScheme.Default.Name);

    public FigureOptions() => _yScale.AcceptOnlyFromAmong("linear", "log");

    public IReadOnlyList<Option> All => [_size, _fontSize, _legend, _palette, _curves, _title, _xLabel, _yLabel, _xRange, _yRange, _yScale];

    /// <summary>Returns the look that the options select.</summary>
    /// <exception cref="InputException">A value is invalid.</exception>
    public FigureStyle Style(ParseResult parsed)
    {
        var fontSize = parsed.GetValue(_fontSize);
        if (fontSize is not (>= 3 and <= 60)) throw new InputException($"--font-size {fontSize}: it must be from 3 to 60");
        return new()
        {
            Size = Parsed(parsed, _size, FigureSize.Parse),
            FontSize = fontSize,
            Legend = Chosen(_legend.Name, parsed.GetValue(_legend)!, Places),
            Colours = Chosen(
                _palette.Name,
                parsed.GetValue(_palette)!,
                ColourScheme.All.ToDictionary(scheme => scheme.Name, StringComparer.Ordinal)),
            X = Parsed(parsed, _xRange, AxisRange.Parse),
            Y = Parsed(parsed, _yRange, AxisRange.Parse),
        };
    }

    /// <summary>Returns whether a curve is drawn; null where all are.</summary>
    /// <param name="parsed">Command line.</param>
    /// <param name="known">Curves of the figure in all runs.</param>
    /// <exception cref="InputException">There is no such curve.</exception>
    public Predicate<Curve>? Drawn(ParseResult parsed, IEnumerable<Curve> known)
    {
        if (parsed.GetValue(_curves) is not { } text) return null;
        var names = text.Split(',', StringSplitOptions.TrimEntries);
        string[] labels = [.. known.Select(curve => curve.Label).Distinct(StringComparer.Ordinal)];
        foreach (var name in names)
            if (!labels.Any(label => IsNamed(label, name)))
                throw new InputException($"{_curves.Name} {name}: no such curve{Nearest.Hint(name, labels)}");
        return curve => names.Any(name => IsNamed(curve.Label, name));
    }

    /// <summary>Returns the panels of a figure with the texts and the scale that the options select.</summary>
    /// <exception cref="InputException">An option is for one panel, and the figure has several.</exception>
    public IReadOnlyList<Figure> Applied(ParseResult parsed, IReadOnlyList<Figure> panels)
    {
        var title = parsed.GetValue(_title);
        Option<string?>[] ofOnePanel = title is null or None
            ? [_xLabel, _yLabel, _yRange, _yScale]
            : [_title, _xLabel, _yLabel, _yRange, _yScale];
        if (panels.Count > 1 && Array.Find(ofOnePanel, option => parsed.GetValue(option) is not null) is { } one)
        {
            throw new InputException(
                $"{one.Name}: the figure has {panels.Count} panels ({string.Join(", ", panels.Select(panel => panel.Name))}); draw one of"
                    + " them");
        }
        return
        [
            .. panels.Select(panel => panel with
            {
                Title = title is null ? panel.Title : title == None ? "" : title,
                XLabel = parsed.GetValue(_xLabel) ?? panel.XLabel,
                YLabel = parsed.GetValue(_yLabel) ?? panel.YLabel,
                Log = parsed.GetValue(_yScale) is { } scale ? scale == "log" : panel.Log,
            }),
        ];
    }

    /// <summary>True if a label is a name, or continues it after a comma, such as "gradient descent, not converged".</summary>
    private static bool IsNamed(string label, string name) => label == name || label.StartsWith(name + ",", StringComparison.Ordinal);

    private static T Chosen<T>(string option, string word, Dictionary<string, T> known) =>
        known.TryGetValue(word, out var value)
            ? value
            : throw new InputException($"{option} {word}: no such choice{Nearest.Hint(word, known.Keys)}");

    private static T? Parsed<T>(ParseResult parsed, Option<string?> option, Func<string, T> parse)
        where T : class
    {
        try
        {
            return parsed.GetValue(option) is { } text ? parse(text) : null;
        }
        catch (FormatException e)
        {
            throw new InputException($"{option.Name}: {e.Message}");
        }
    }
}
