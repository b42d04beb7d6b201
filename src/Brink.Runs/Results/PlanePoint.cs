namespace Brink.Runs;

/// <summary>A point of a plane.</summary>
public sealed record PlanePoint(double X, double Y);
