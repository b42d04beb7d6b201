using Brink.Runs;

namespace Brink.Reports;

/// <summary>A heat map as the page draws it.</summary>
/// <param name="Image">Image of the shares of the range in grey, as a data URI.</param>
/// <param name="X">Extent of the map along x.</param>
/// <param name="Y">Extent of the map along y.</param>
/// <param name="Label">Name of the values.</param>
/// <param name="Values">Range of the values.</param>
public sealed record MapData(string Image, Extent X, Extent Y, string Label, Extent Values);
