using Brink.Taylor;

namespace Brink.Zoo.Models;

/// <summary>Elementwise activations whose derivatives up to the third are correct in libtorch (checked against
/// differences).</summary>
public enum Activation
{
    /// <summary>tanh(z).</summary>
    Tanh,

    /// <summary>z / (1 + e^-z), also called SiLU.</summary>
    Swish,

    /// <summary>z Phi(z), with Phi the distribution function of the standard normal distribution.</summary>
    Gelu,

    /// <summary>Approximation of GELU with tanh: z/2 (1 + tanh(sqrt(2/pi) (z + 0.044715 z^3))); Hendrycks and Gimpel (2016),
    /// section 2.</summary>
    GeluTanh,

    /// <summary>max(z, 0).</summary>
    Relu,

    /// <summary>ln(1 + e^z).</summary>
    Softplus,

    /// <summary>z for positive z, otherwise e^z - 1.</summary>
    Elu,
}

/// <summary>Applies activations to values.</summary>
public static class ActivationExtensions
{
    /// <summary>Applies the activation to z, element by element.</summary>
    public static Value Of(this Activation activation, Value z) => activation switch
    {
        Activation.Tanh => z.Tanh(),
        Activation.Swish => z.Swish(),
        Activation.Gelu => z.Gelu(),
        Activation.GeluTanh => z.GeluTanh(),
        Activation.Relu => z.Relu(),
        Activation.Softplus => z.Softplus(),
        Activation.Elu => z.Elu(),
        _ => throw new ArgumentOutOfRangeException(nameof(activation), activation, "there is no such activation"),
    };
}
