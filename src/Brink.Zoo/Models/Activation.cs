namespace Brink.Zoo.Models;

/// <summary>Elementwise activations whose derivatives up to the third are right in libtorch (checked against
/// differences).</summary>
public enum Activation
{
    Tanh,
    Swish,
    Gelu,
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
        Activation.Relu => z.relu(),
        Activation.Softplus => nn.functional.softplus(z),
        Activation.Elu => nn.functional.elu(z, alpha: 1.0),
        _ => throw new ArgumentOutOfRangeException(nameof(activation), activation, "no such activation"),
    };
}
