namespace Brink.Runs;

/// <summary>A value with a bound: an eigenvalue of the Hessian lies within the residual of the value.</summary>
public sealed record EigenvalueBound(double Value, double Residual)
{
    /// <summary>The value; zero where it is smaller than its own bound, so that not even its sign is known.</summary>
    public double Significant() => Math.Abs(Value) <= Residual ? 0 : Value;
}
