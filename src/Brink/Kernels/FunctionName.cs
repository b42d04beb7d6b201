namespace Brink.Kernels;

/// <summary>The functions of one number that there are kernels for.</summary>
internal enum FunctionName
{
    Tanh,
    Swish,
    Gelu,
    GeluTanh,
    Relu,
    Softplus,
    Elu,
    Exponential,
    Logarithm,
    Reciprocal,

    /// <summary>1 / sqrt(x + a).</summary>
    InverseRoot,
}
