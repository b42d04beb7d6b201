namespace Brink.Algebra;

/// <summary>Rounding properties of a precision.</summary>
public static class Rounding
{
    /// <summary>The distance from 1 to the next larger number.</summary>
    public static double Epsilon(this ScalarType precision) => Math.ScaleB(1, precision == ScalarType.Float64 ? -52 : -23);
}
