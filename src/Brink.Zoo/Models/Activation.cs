using Brink.Taylor;

namespace Brink.Zoo.Models;

/// <summary>Elementwise activations whose derivatives up to the third are correct in libtorch (checked against
/// differences).</summary>
public enum Activation
{
    Tanh,
    Swish,
    Gelu,

    /// <summary>Approximation of GELU with tanh: z/2 (1 + tanh(sqrt(2/pi) (z + 0.044715 z^3))); Hendrycks and Gimpel (2016),
    /// section 2.</summary>
    GeluTanh,
    Relu,
    Softplus,
    Elu,
}

public static class ActivationExtensions
{
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
