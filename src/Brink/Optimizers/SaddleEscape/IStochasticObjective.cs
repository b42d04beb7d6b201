using Brink.Algebra;

namespace Brink.Optimizers.SaddleEscape;

/// <summary>An objective f(theta) = E F(theta, xi) over samples xi of some distribution, seen through samples.</summary>
public interface IStochasticObjective
{
    /// <summary>The number p of parameters.</summary>
    long Dimension { get; }

    /// <summary>The element type of theta and of everything computed from it.</summary>
    ScalarType Precision { get; }

    /// <summary>Draws samples xi_1, ..., xi_n independently; the caller disposes them.</summary>
    /// <param name="samples">Number n of samples, at least 1.</param>
    /// <param name="generator">Random number generator.</param>
    IMinibatch Draw(int samples, Generator generator);

    /// <summary>Returns the expectation itself, as one sample without noise or as all the samples of a finite sum.</summary>
    IMinibatch Expectation();
}

/// <summary>Samples that stay the same at every evaluation.</summary>
public interface IMinibatch : IDisposable
{
    /// <summary>The number n of samples.</summary>
    int Size { get; }

    /// <summary>Computes F(x_i, xi_i) [n] for rows x [n,p]: each sample at a point of its own.</summary>
    Tensor Values(Tensor points);

    /// <summary>Computes grad F(theta, xi_i), as rows [n,p].</summary>
    Tensor Gradients(Tensor theta);

    /// <summary>Computes the mean of the gradients [p].</summary>
    Tensor Gradient(Tensor theta);

    /// <summary>Returns the mean of the Hessians of F(., xi_i) at theta; it lives as long as the minibatch.</summary>
    SymmetricOperator Hessian(Tensor theta);
}
