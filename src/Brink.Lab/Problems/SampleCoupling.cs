using System.Runtime.InteropServices;
using Brink.Algebra;

namespace Brink.Lab;

/// <summary>Tests whether the output of a sample depends on the other samples of its batch, as with batch norm by batch
/// statistics. The loss of such a model depends on the size of its micro-batches.</summary>
internal static class SampleCoupling
{
    // Allowed difference between two batch sizes, in roundings of the largest output.
    private static double Tolerance(ScalarType precision) => precision == ScalarType.Float32 ? 1e3 : 1e5;

    /// <param name="model">Maps inputs [b,...] to outputs [b,...].</param>
    /// <param name="x">Inputs of one batch [b,...].</param>
    public static bool Exists(Func<Tensor, Tensor> model, Tensor x)
    {
        var half = x.shape[0] / 2;
        if (half == 0) return false;
        using var scope = NewDisposeScope();
        using var quiet = no_grad();
        if (Outputs(0, x.shape[0]) is not { } outputs) return false;
        return Differ(0, half) || Differ(half, x.shape[0] - half);

        bool Differ(long start, long count)
        {
            if (Outputs(start, count) is not { } alone) return false;
            var whole = outputs.narrow(0, start, count);
            var scale = whole.abs().max().ToDouble();
            return !((alone - whole).abs().max().ToDouble() <= Tolerance(outputs.dtype) * outputs.dtype.Epsilon() * scale);
        }

        Tensor? Outputs(long start, long count)
        {
            try
            {
                var part = model(x.narrow(0, start, count).clone());
                return part.dim() > 0 && part.shape[0] == count ? part : null;
            }
            catch (ExternalException)
            {
                return null;   // the model accepts batches of one size only
            }
        }
    }
}
