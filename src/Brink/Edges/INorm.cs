namespace Brink.Edges;

/// <summary>A norm on vectors [p], with its linear maximization over the unit ball.</summary>
public interface INorm
{
    /// <summary>Returns ||d||.</summary>
    double Norm(Tensor d);

    /// <summary>Returns the dual norm ||g||_* = max g.d over ||d|| at most 1.</summary>
    double DualNorm(Tensor g);

    /// <summary>Returns a maximizer d* [p] of g.d over the unit ball; the zero vector for g = 0. The caller owns it.</summary>
    Tensor Maximizer(Tensor g);
}
