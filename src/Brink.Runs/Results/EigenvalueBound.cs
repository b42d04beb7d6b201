namespace Brink.Runs;

/// <summary>A value with a bound: an eigenvalue of the Hessian differs from the value by at most the residual.</summary>
public sealed record EigenvalueBound(double Value, double Residual)
{
    /// <summary>Returns the value, or zero if its magnitude is at most the bound, so that not even its sign is known.</summary>
    public double Significant() => Math.Abs(Value) <= Residual ? 0 : Value;
}
