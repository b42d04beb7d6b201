namespace Brink.Algebra;

/// <summary>What a number of a precision is rounded by.</summary>
internal static class Rounding
{
    /// <summary>From 1 to the next number.</summary>
    public static double Epsilon(this ScalarType precision) => Math.ScaleB(1, precision == ScalarType.Float64 ? -52 : -23);
}
