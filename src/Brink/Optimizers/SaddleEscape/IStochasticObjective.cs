using Brink.Algebra;

namespace Brink.Optimizers.SaddleEscape;

/// <summary>f(theta) = E F(theta, xi) over samples xi of some distribution, seen through samples.</summary>
public interface IStochasticObjective
{
    /// <summary>p.</summary>
    long Dimension { get; }

    /// <summary>Element type of theta and of everything computed from it.</summary>
    ScalarType Precision { get; }

    /// <summary>Samples xi_1, ..., xi_n, drawn independently; the caller disposes them.</summary>
    /// <param name="samples">n, at least 1.</param>
    /// <param name="generator">Where chance comes from.</param>
    IMinibatch Draw(int samples, Generator generator);

    /// <summary>The expectation itself, as one sample without noise or as all the samples of a finite
    /// sum.</summary>
    IMinibatch Expectation();
}

/// <summary>Samples that stay the same however often and wherever they are asked.</summary>
public interface IMinibatch : IDisposable
{
    /// <summary>n.</summary>
    int Size { get; }

    /// <summary>F(x_i, xi_i) [n] for rows x [n,p]: each sample at a point of its own.</summary>
    Tensor Values(Tensor points);

    /// <summary>grad F(theta, xi_i), as rows [n,p].</summary>
    Tensor Gradients(Tensor theta);

    /// <summary>Their mean [p].</summary>
    Tensor Gradient(Tensor theta);

    /// <summary>The mean of the Hessians of F(., xi_i) at theta; it lives as long as the minibatch.</summary>
    SymmetricOperator Hessian(Tensor theta);
}
