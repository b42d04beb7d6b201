namespace Brink.Lab;

/// <summary>Size of GANs that are trained together.</summary>
/// <param name="Width">Hidden units of generator and discriminator.</param>
/// <param name="Depth">Hidden layers of both.</param>
/// <param name="Latent">Length of the latent vector of a sample.</param>
/// <param name="Samples">Samples of a step, real and generated.</param>
/// <param name="Count">Number of GANs.</param>
internal sealed record GanSize(double Width, double Depth, double Latent, double Samples, double Count)
{
    // Copies of each parameter in float32: its value, xi, two products, a move, and those of differentiation.
    private const double Copies = 8;

    private double Parameters => ((Latent + 2) * Width) + (2 * (Depth - 1) * Width * Width) + (3 * Width);

    /// <summary>Returns the least memory of some steps that are differentiated together.</summary>
    public double Bytes(double steps) =>
        sizeof(float) * Count * ((Copies * Parameters) + (steps * Samples * (Latent + (3 * Depth * Width))));
}
