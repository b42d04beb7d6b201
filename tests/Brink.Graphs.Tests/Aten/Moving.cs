namespace Brink.Graphs.Tests.Aten;

/// <summary>A tensor of parameters.</summary>
/// <param name="Shape">Shape.</param>
/// <param name="Low">Least value.</param>
/// <param name="High">Greatest value.</param>
internal sealed record Moving(long[] Shape, double Low, double High);
