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

/// <summary>What the derivatives of a function are made of: f(x) is there already, and mostly saves an e^x.</summary>
internal static class FunctionNames
{
    /// <summary>Whether of x.</summary>
    public static bool ReadsArgument(this FunctionName f) => f is not
        (FunctionName.Tanh or FunctionName.Relu or FunctionName.Exponential or FunctionName.Reciprocal or FunctionName.InverseRoot);

    /// <summary>Whether of f(x).</summary>
    public static bool ReadsValue(this FunctionName f) =>
        !f.ReadsArgument() || f is FunctionName.Swish or FunctionName.Gelu or FunctionName.GeluTanh;
}
