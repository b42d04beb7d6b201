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

internal static class FunctionNames
{
    /// <summary>Whether the derivatives are made of f(x), which is there already, instead of x.</summary>
    public static bool IsOfItsValue(this FunctionName f) => f is
        FunctionName.Tanh or FunctionName.Relu or FunctionName.Exponential or FunctionName.Reciprocal or FunctionName.InverseRoot;
}
