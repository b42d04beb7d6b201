namespace Brink.Reports;

/// <summary>One picture of a run, as data: the page and the image files draw the same.</summary>
/// <param name="Name">What the command line calls it.</param>
/// <param name="Level">A horizontal line, such as 2/eta.</param>
/// <param name="Log">Whether its values are first seen on a logarithmic axis.</param>
/// <param name="From">Step at which the first view begins.</param>
/// <param name="To">Step at which it ends.</param>
public sealed record Figure(
    string Name,
    string Title,
    string YLabel,
    IReadOnlyList<Curve> Curves,
    Level? Level,
    bool Log,
    double From,
    double To);

/// <param name="Process">gives the colour.</param>
public sealed record Curve(
    string Label, string Process, IReadOnlyList<double> Steps, IReadOnlyList<double> Values);

public sealed record Level(double Value, string Label);
