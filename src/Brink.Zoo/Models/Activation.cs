namespace Brink.Zoo.Models;

/// <summary>Elementwise activations whose derivatives up to the third are right in libtorch (checked against
/// differences).</summary>
public enum Activation
{
    Tanh,
    Swish,
    Gelu,

    /// <summary>GELU by its approximation with tanh: z/2 (1 + tanh(sqrt(2/pi) (z + 0.044715 z^3))); Hendrycks
    /// and Gimpel (2016), section 2.</summary>
    GeluTanh,
    Relu,
    Softplus,
    Elu,
}

public static class ActivationExtensions
{
    public static Tensor Of(this Activation activation, Tensor z) => activation switch
    {
        Activation.Tanh => z.tanh(),
        Activation.Swish => nn.functional.silu(z),
        Activation.Gelu => nn.functional.gelu(z),
        Activation.GeluTanh => GeluTanh(z),
        Activation.Relu => z.relu(),
        Activation.Softplus => nn.functional.softplus(z),
        Activation.Elu => nn.functional.elu(z, alpha: 1.0),
        _ => throw new ArgumentOutOfRangeException(nameof(activation), activation, "no such activation"),
    };

    // Composed: TorchSharp's gelu has no argument for the approximation, and of elementary operations every
    // derivative is right.
    private static Tensor GeluTanh(Tensor z) =>
        0.5 * z * (1 + (Math.Sqrt(2 / Math.PI) * (z + (0.044715 * z * z * z))).tanh());
}
