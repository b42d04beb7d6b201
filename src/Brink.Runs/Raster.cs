namespace Brink.Runs;

/// <summary>A function on a grid of the plane.</summary>
/// <param name="Columns">Cells from left to right.</param>
/// <param name="Rows">Cells from bottom to top.</param>
/// <param name="X">From the left edge of the first column to the right edge of the last.</param>
/// <param name="Y">From the lower edge of the first row to the upper edge of the last.</param>
/// <param name="Cells">Values of the function [rows x columns], row by row from the bottom; NaN where it has none.</param>
public sealed record Raster(int Columns, int Rows, Extent X, Extent Y, IReadOnlyList<double> Cells);

/// <summary>An interval of an axis.</summary>
public sealed record Extent(double From, double To);
